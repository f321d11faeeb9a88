// Two sliders over a grid of pictures that were drawn beforehand: see rnnlib/course/site/frames.py.
"use strict";

function moving(box) {
  const folder = box.dataset.frames;
  const sliders = [...box.querySelectorAll("input")];
  const image = box.querySelector("img");
  const reading = box.querySelector(".moving-reading");
  const frames = new Map();
  const names = sliders.map((slider) => JSON.parse(slider.dataset.values));
  let told = null;

  const prepare = () => (told ??= fetch(folder + "told.json").then((answer) => answer.json()).catch(() => (told = null)));

  function frame(i, j) {
    const key = `${i}-${j}`;
    if (!frames.has(key)) {
      const picture = new Image();
      picture.src = `${folder}${key}.webp`;
      frames.set(key, picture.decode().then(() => picture, () => void frames.delete(key)));
    }
    return frames.get(key);
  }

  function fetchAround(i, j) {
    for (const [di, dj] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      if (names[0][i + di] !== undefined && names[1][j + dj] !== undefined) frame(i + di, j + dj);
    }
  }

  async function show() {
    const [i, j] = sliders.map((slider) => +slider.value);
    sliders.forEach((slider, k) => {
      const name = names[k][+slider.value];
      slider.setAttribute("aria-valuetext", name);
      slider.parentElement.querySelector("output").textContent = name;
    });
    const [picture, words] = await Promise.all([frame(i, j), prepare()]);
    if (!picture || !words || i !== +sliders[0].value || j !== +sliders[1].value) return; // not to be had now, or the hand has moved on
    image.src = picture.src;
    [image.alt, reading.innerHTML] = words[i][j];
    box.dataset.shown = `${i}-${j}`;
    fetchAround(i, j);
  }

  for (const slider of sliders) slider.addEventListener("input", show);
  for (const event of ["pointerenter", "focusin"]) {
    box.addEventListener(event, () => {
      prepare();
      fetchAround(...sliders.map((slider) => +slider.value));
    }, { once: true });
  }
}

document.addEventListener("DOMContentLoaded", () => document.querySelectorAll(".moving").forEach(moving));
