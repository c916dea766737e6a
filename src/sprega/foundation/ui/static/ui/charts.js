// SPDX-License-Identifier: EUPL-1.2
// Draws the charts of a page with Vega. Its expressions are interpreted (`ast`), never compiled: the content
// security policy forbids eval, and styles and scripts that are not files of ours.

const OPTIONS = {
  ast: true,
  actions: false,
  defaultStyle: false,
  renderer: "svg",
  tooltip: { disableDefaultStyle: true },
};

async function draw(figure) {
  const { spec, ...locales } = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
  await import(figure.dataset.vega);
  await window.vegaEmbed(figure.querySelector(".drawing"), spec, { ...OPTIONS, ...locales });
  figure.dataset.state = "drawn";
}

async function drawAll(root) {
  for (const figure of root.querySelectorAll(".chart[data-vega]:not([data-state])")) {
    figure.dataset.state = "drawing";
    try {
      await draw(figure);
    } catch (error) {
      // the server's drawing says the same
      figure.dataset.state = "failed";
      const image = new Image();
      image.src = figure.dataset.svg;
      image.alt = figure.querySelector("figcaption").textContent;
      figure.querySelector(".drawing").replaceChildren(image);
      console.error(error);
    }
  }
}

drawAll(document);
document.addEventListener("htmx:afterSwap", (event) => drawAll(event.target));
