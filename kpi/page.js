/* What a page does without asking the server: it sorts a table, saves a chart as a picture, copies
   the address of a view, and says aloud what has changed. Started once; later pages are watched. */
(() => {
  if (window.kpiPage) return;
  window.kpiPage = true;

  // ---- what has changed, for those who do not see it ----

  const live = document.createElement("div");
  live.id = "kpi-live";
  live.className = "kpi-hidden";
  live.setAttribute("role", "status");
  live.setAttribute("aria-atomic", "false");
  document.body.append(live);

  // Each message is a line of its own, so that none takes the words from the one before it. The
  // lines are shut away: heard, but not found a second time by a search in the page.
  const lines = live.attachShadow({ mode: "closed" });
  const say = (text) => {
    const line = Object.assign(document.createElement("p"), { textContent: text });
    lines.append(line);
    live.dataset.said = lines.textContent;
    setTimeout(() => line.remove(), 10_000);
  };

  const words = (node) => {
    const copy = node.cloneNode(true);
    for (const silent of copy.querySelectorAll('[aria-hidden="true"]')) silent.remove();
    return copy.textContent.trim();
  };

  // ---- tables: sorted by a press of a heading, as the address says (?sort=table.column.down) ----

  const wanted = () => {
    const [, table, column, way] = (new URLSearchParams(location.search).get("sort") || "")
      .match(/^([\w-]+)\.(\d+)\.(up|down)$/) || [];
    return { table, column: Number(column), way };
  };

  const figure = (text) => {
    const found = text.replace("−", "-").replace(/,/g, "").match(/-?\d+(\.\d+)?/);
    return found ? Number(found[0]) : null;
  };

  const rank = (cell, numeric) => {
    if (cell.dataset.sort) return cell.dataset.sort;
    const text = cell.textContent.trim();
    return numeric ? figure(text) : text === "–" ? null : text.toLowerCase();
  };

  const order = (table, column, way) => {
    const heads = [...table.tHead.rows[0].cells];
    const head = heads[column];
    if (!head) return "";
    const numeric = head.classList.contains("kpi-number");
    const sign = way === "down" ? -1 : 1;
    const rows = [...table.tBodies[0].rows].map((row) => [rank(row.cells[column], numeric), row]);
    // What has no figure comes last, whichever way.
    rows.sort(([a], [b]) => a === null || b === null ? (a === null) - (b === null)
      : sign * (typeof a === "number" ? a - b : a.localeCompare(b)));
    table.tBodies[0].append(...rows.map(([, row]) => row));
    for (const other of heads) {
      if (other.hasAttribute("aria-sort")) other.setAttribute("aria-sort", "none");
    }
    head.setAttribute("aria-sort", way === "down" ? "descending" : "ascending");
    return head.textContent.trim();
  };

  const sort = (button) => {
    const head = button.closest("th");
    const table = head.closest("table");
    const way = head.getAttribute("aria-sort") === "ascending" ? "down" : "up";
    const name = order(table, head.cellIndex, way);
    const address = new URL(location);
    address.searchParams.set("sort", `${table.dataset.kpiTable}.${head.cellIndex}.${way}`);
    history.replaceState(history.state, "", address);
    say(`Sorted by ${name}, ${way === "up" ? "ascending" : "descending"}.`);
  };

  // ---- the address of a view ----

  const offered = async (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    // Over plain http a browser has no clipboard but this.
    const field = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    if (!done) throw new Error("no clipboard");
  };

  const copy = async (button) => {
    const address = new URL(location);
    address.hash = button.dataset.kpiAnchor || "";
    try {
      await offered(address.href);
    } catch {
      window.prompt("Copy this address", address.href);
      return;
    }
    const label = button.textContent;
    button.textContent = "Link copied";
    say("Link copied.");
    setTimeout(() => { button.textContent = label; }, 2500);
  };

  // ---- a chart as a picture, with its message over it and its source below ----

  // A mark-up's opening sign is written as its number: Streamlit takes away a script in which a
  // name follows the sign itself.

  const WIDTH = 1100, EDGE = 24;
  const before = (selector, node) => [...document.querySelectorAll(selector)]
    .filter((one) => one.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING).pop();
  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const wrapped = (text, font) => {
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = font;
    const lines = [""];
    for (const word of text.split(/\s+/)) {
      const longer = `${lines.at(-1)} ${word}`.trim();
      if (pen.measureText(longer).width > WIDTH && lines.at(-1)) lines.push(word);
      else lines[lines.length - 1] = longer;
    }
    return lines;
  };

  const picture = async (button) => {
    const plot = before(".js-plotly-plot", button);
    const head = before(".kpi-head", button);
    const source = button.closest("[data-kpi-source]")?.dataset.kpiSource || "";
    const height = plot.layout.height || plot.clientHeight;
    const data = await window.Plotly.toImage(plot, { format: "svg", width: WIDTH, height });
    const drawn = decodeURIComponent(data.slice(data.indexOf(",") + 1));
    const family = style("--kpi-font").replaceAll('"', "'");
    const parts = [];
    let y = EDGE;
    const write = (text, size, weight, colour) => {
      for (const line of wrapped(text, `${weight} ${size}px ${family}`)) {
        y += Math.round(1.3 * size);
        const safe = line.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`);
        parts.push(`\x3ctext x="${EDGE}" y="${y}" font-family="${family}" font-size="${size}" ` +
          `font-weight="${weight}" fill="${colour}">${safe}\x3c/text>`);
      }
    };
    write(head.querySelector("h2, h3").textContent, 24, 600, style("--kpi-ink"));
    write(head.querySelector("p")?.textContent || "", 16, 400, style("--kpi-grey"));
    y += 12;
    parts.push(`\x3cg transform="translate(${EDGE} ${y})">${drawn}\x3c/g>`);
    y += height;
    write(source, 14, 400, style("--kpi-grey"));
    const size = { width: WIDTH + 2 * EDGE, height: y + EDGE };
    return { size, text: `\x3csvg xmlns="http://www.w3.org/2000/svg" width="${size.width}" ` +
      `height="${size.height}">\x3crect width="100%" height="100%" fill="#fff"/>` +
      `${parts.join("")}\x3c/svg>` };
  };

  const painted = async ({ size, text }) => {
    const image = new Image();
    image.src = `data:image/svg+xml,${encodeURIComponent(text)}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [2 * size.width, 2 * size.height];
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => { canvas.toBlob(done, "image/png"); });
  };

  const save = async (button) => {
    const kind = button.dataset.kpiPicture;
    const made = await picture(button);
    const blob = kind === "png" ? await painted(made)
      : new Blob([made.text], { type: "image/svg+xml" });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `${button.dataset.kpiName}.${kind}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    say("The picture is in your downloads.");
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    if (!button) return;
    if (button.matches(".kpi-sort")) sort(button);
    if (button.matches("[data-kpi-anchor]")) copy(button);
    if (button.matches("[data-kpi-picture]")) save(button);
  });

  // ---- what opens from a button at the top ----

  // Streamlit puts what opens at the end of the page, behind every other stop of the Tab key. Who
  // opens it with a key is taken into it, and back to the button when it closes.
  const POPOVER = '[data-testid="stPopoverBody"]';
  let opener = null;
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.('[data-testid="stPopoverButton"]');
    if (button) opener = event.detail === 0 ? button : null;
  }, true);

  const follow = () => {
    if (!opener) return;
    const body = document.querySelector(POPOVER);
    if (body && !body.contains(document.activeElement) && !body.dataset.kpiSeen) {
      body.dataset.kpiSeen = "";
      body.tabIndex = -1;
      body.focus();
    }
    if (!body && opener.getAttribute("aria-expanded") === "false") {
      if (document.activeElement === document.body) opener.focus();
      opener = null;
    }
  };

  // ---- work that takes a while ----

  let waited = 0;
  const working = () => {
    const busy = document.querySelector('[data-test-script-state="running"]');
    if (busy && !waited) waited = setTimeout(() => { say("Working …"); waited = -1; }, 2000);
    if (!busy && waited) {
      clearTimeout(waited);
      waited = 0;
    }
  };
  new MutationObserver(working).observe(document.documentElement,
    { attributes: true, attributeFilter: ["data-test-script-state"], subtree: true });

  // ---- whatever comes onto the page ----

  const PAGES = '[data-testid="stSidebarNavItems"]:not([role]), ' +
    '[data-testid="stSidebarNavItems"] li:not([role])';
  // A status that comes with its words is not always read out; put into the live region it is.
  const SPOKEN = "[data-kpi-say]:not([data-kpi-seen]), " +
    '[data-testid="stAlertContainer"][role="status"]:not([data-kpi-seen])';

  // Whoever presses a button at the end of a page sees above it what came of that.
  const DONE = '[data-testid="stAlertContentSuccess"]';
  const BAR = 120;  // pixels at the top that the bar may cover
  const show = (message) => {
    const { top, bottom } = message.getBoundingClientRect();
    if (top < BAR || bottom > innerHeight) message.scrollIntoView({ block: "center" });
  };

  let title = document.title;

  // The entry that the address names comes after the page, and what is drawn above it moves it:
  // it is brought back until it has been there for a while, or somebody moves.
  let place = decodeURIComponent(location.hash.slice(1));
  let leaving = 0;
  const stop = () => { place = ""; };
  for (const moved of ["wheel", "touchstart", "mousedown", "keydown"]) {
    addEventListener(moved, stop, { once: true, passive: true });
  }
  const bring = () => {
    const entry = place && document.getElementById(place);
    if (!entry) return;
    entry.scrollIntoView();
    leaving ||= setTimeout(stop, 8000);
  };

  const look = () => {
    const { table, column, way } = wanted();
    for (const found of document.querySelectorAll("table[data-kpi-table]:not([data-kpi-seen])")) {
      found.dataset.kpiSeen = "";
      if (found.dataset.kpiTable === table) {
        order(found, column, way);
        for (let fold = found; (fold = fold.parentElement?.closest("details"));) fold.open = true;
      }
    }
    // A chart is one picture with words of its own; its letters are not read out one by one.
    for (const inside of document.querySelectorAll(".plot-container:not([aria-hidden])")) {
      inside.setAttribute("aria-hidden", "true");
    }
    // On a telephone Streamlit's list of pages has sections in it that are no items of a list.
    for (const item of document.querySelectorAll(PAGES)) item.setAttribute("role", "none");
    const told = [...document.querySelectorAll(SPOKEN)].map((one) => {
      one.dataset.kpiSeen = "";
      if (one.querySelector(DONE)) show(one);
      return words(one);
    });
    if (title !== document.title) {
      title = document.title;
      told.unshift(title);
    }
    if (told.length) say(told.join(" "));
    follow();
    bring();
  };

  let due = false;
  new MutationObserver(() => {
    if (due) return;
    due = true;
    setTimeout(() => { due = false; look(); }, 50);
  }).observe(document.documentElement, { childList: true, subtree: true });
  look();
})();
