"""The course as a site that needs no kernel: python -m rnnlib.course.site --to build/site

    pages       a notebook as the site shows it: stored pictures with their alt texts, folded answers, links
    frames      an explorer's two main controls as a grid of pictures, drawn by the explorer itself
    reference   every public name with its docstring
    build       puts the three together, and lets Sphinx make the site of it

Nothing is executed but the explorers that move on the site, and nothing on the site comes from elsewhere.
"""
