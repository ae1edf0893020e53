"use strict";
// A month of a chart, by the slider under it or by pointing at the picture.
for (const chart of document.querySelectorAll(".chart")) {
  const told = chart.dataset.told.split("\n");
  const svg = chart.querySelector("svg");
  const slider = chart.querySelector("input");
  const output = chart.querySelector("output");
  const first = Number(chart.dataset.first);
  const pitch = Number(chart.dataset.pitch);
  const [, , wide, high] = svg.getAttribute("viewBox").split(" ").map(Number);
  const guide = document.createElementNS("http://www.w3.org/2000/svg", "line");
  guide.setAttribute("stroke", "currentColor");
  guide.setAttribute("y1", 0);
  guide.setAttribute("y2", high - 24);
  guide.setAttribute("visibility", "hidden");
  svg.append(guide);
  const show = (at, seen) => {
    slider.value = at;
    slider.setAttribute("aria-valuetext", told[at]);
    output.textContent = told[at];
    guide.setAttribute("x1", first + at * pitch);
    guide.setAttribute("x2", first + at * pitch);
    guide.setAttribute("visibility", seen ? "visible" : "hidden");
  };
  slider.addEventListener("input", () => show(Number(slider.value), true));
  svg.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * wide;
    show(Math.min(Math.max(Math.round((x - first) / pitch), 0), told.length - 1), true);
  });
  show(told.length - 1, false);
  chart.querySelector(".read").hidden = false;
}
// Tables that sort by a column: figures by their size, words by the alphabet.
const key = (row, at) => {
  const cell = row.cells[at];
  const text = cell.dataset.value ?? cell.textContent.trim();
  const number = Number(text.replace(/^[£−]|[,%]|\s.*$/g, ""));
  return [text, text !== "" && !Number.isNaN(number) ? number : null];
};
for (const table of document.querySelectorAll("table.sorts")) {
  [...table.tHead.rows[0].cells].forEach((head, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...table.tBodies[0].rows].sort((one, other) => {
        const [a, x] = key(one, at);
        const [b, y] = key(other, at);
        return x !== null && y !== null ? x - y : a.localeCompare(b, "en-GB");
      });
      table.tBodies[0].append(...(down ? rows.reverse() : rows));
    });
  });
}
// The register of measures, by words and by status.
for (const filter of document.querySelectorAll(".filter")) {
  const table = filter.parentElement.querySelector("table");
  const [words, status] = [filter.querySelector("input"), filter.querySelector("select")];
  const say = filter.querySelector("[role=status]");
  const apply = () => {
    let shown = 0;
    for (const row of table.tBodies[0].rows) {
      const text = row.textContent.toLowerCase();
      const fits = text.includes(words.value.trim().toLowerCase()) && text.includes(status.value.toLowerCase());
      row.hidden = !fits;
      shown += fits;
    }
    say.textContent = `${shown} of ${table.tBodies[0].rows.length} measures`;
  };
  words.addEventListener("input", apply);
  status.addEventListener("change", apply);
  filter.hidden = false;
  apply();
}
// Paper has nothing to open: tables are printed, and closed again afterwards.
const folded = [...document.querySelectorAll("details")];
addEventListener("beforeprint", () => folded.forEach((one) => (one.open = true)));
addEventListener("afterprint", () => folded.forEach((one) => (one.open = false)));
