"""Letters × sounds: where each sound looked, and by which letters it would change."""

import numpy as np

from .scene import Scene

MOST = 12  # letters and sounds at most
FEWEST = 4, 6  # sounds and letters: a shorter word leaves the rest of its map free
NUMBER = 0.15  # from this weight on it is written into its cell


class WordMaps(Scene):
    """Two maps of a word, a row per sound and a column per letter, darker for more; each row adds up to 1. Left: the
    weights of attention. Right: the norm of the gradient of the sound's score by the letter, as a part of the row's
    sum."""

    width, height = 9.6, 4.3

    def build(self):
        self.maps, self.images, self.letters, self.sounds, self.numbers = [], [], [], [], []
        names = "attention: weight of each letter", "gradient of the sound's score, part of each letter"
        for left, name in zip((0.065, 0.565), names):
            axes = self.figure.add_axes([left, 0.03, 0.42, 0.76])
            axes.set(xlim=(-0.5, MOST - 0.5), ylim=(MOST - 0.5, -0.5), xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
            axes.set_title(name, fontsize=9, pad=22)
            blank = np.full((MOST, MOST), np.nan)
            self.images.append(self.moving(axes.imshow(blank, cmap="gray_r", vmin=0, vmax=1, aspect="auto")))
            place = {"ha": "center", "va": "center", "fontsize": 9}
            above = {"transform": axes.get_xaxis_transform(), **place, "fontsize": 11}
            beside = {"transform": axes.get_yaxis_transform(), **place, "ha": "right"}
            self.letters.append(self.moving([axes.text(k, 1.05, "", **above) for k in range(MOST)]))
            self.sounds.append(self.moving([axes.text(-0.02, k, "", **beside) for k in range(MOST)]))
            small = place | {"fontsize": 8}
            self.numbers.append(self.moving([axes.text(0, 0, "", **small) for _ in range(6 * MOST)]))
            self.maps.append(axes)
        place = {"transform": self.maps[0].transAxes, "fontsize": 9.5, "ha": "center", "va": "center"}
        self.nothing = self.moving(self.maps[0].text(0.5, 0.5, "", **place))
        self.title = self.moving(self.figure.text(0.012, 0.935, "", fontsize=10.5))

    def update(self, word, sounds, weights, parts, title=""):
        """word: n letters; sounds: m names; weights (m, n), None without attention; parts (m, n)."""
        n, m = len(word), len(sounds)
        for side, table in enumerate((weights, parts)):
            grid, texts = np.full((MOST, MOST), np.nan), iter(self.numbers[side])
            table = np.zeros((m, n)) if table is None else table
            grid[:m, :n] = 0.38 * np.asarray(table) + 0.03  # never too dark for its number
            for row, column in np.argwhere(table >= NUMBER):
                next(texts).set(position=(column, row), text=f"{table[row, column]:.1f}".removeprefix("0"))
            for text in texts:
                text.set_text("")
            self.images[side].set_data(grid)
            self.maps[side].set(xlim=(-0.5, max(n, FEWEST[1]) - 0.5), ylim=(max(m, FEWEST[0]) - 0.5, -0.5))
            for k, text in enumerate(self.letters[side]):
                text.set_text(word[k] if k < n else "")
            for k, text in enumerate(self.sounds[side]):
                text.set_text(sounds[k] if k < m else "")
        self.nothing.set_text("" if weights is not None else "no map: no attention")
        self.title.set_text(title)
        looked, moved = (
            "none"
            if table is None or not m
            else ", ".join(f"{sound} at {word[k]}" for sound, k in zip(sounds, np.argmax(table, 1)))
            for table in (weights, parts)
        )
        self.alt = f"{title}. Largest weights: {looked}. Largest gradients: {moved}."
