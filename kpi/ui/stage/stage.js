// The stage: one screen at a time over the whole window, driven by keys, kept in the address.
//
// It lives beside Streamlit's page, not in it, so that a rerun of the page behind never moves what
// is on the wall. `data`: deck (an id), footer, screens [{id, title, html, notes, shown}].

const HOST = "kpi-stage";
const KEYS = {
  ArrowRight: "next", ArrowDown: "next", PageDown: "next", " ": "next", Enter: "next",
  ArrowLeft: "back", ArrowUp: "back", PageUp: "back", Backspace: "back",
  Home: "first", End: "last", Escape: "leave",
  l: "list", n: "notes", t: "time", f: "full", "?": "keys",
};
const PACE = [0, 15, 30, 60, 120];

export default function (component) {
  const { data, parentElement } = component;
  const start = parentElement.querySelector(".start");
  start.onclick = () => open(data, start).show(first(data));
  const old = document.getElementById(HOST);
  if (old && old.deck !== data.deck) old.close();
  if (!document.getElementById(HOST) && address().has("screen")) open(data).resume();
}

const address = () => new URL(location.href).searchParams;
const first = (data) => order(data)[0];

/** The screens that are shown, in their order: as the address says, or as the meeting begins. */
function order(data) {
  const known = new Set(data.screens.map((screen) => screen.id));
  const asked = (address().get("screens") || "").split(".").filter((id) => known.has(id));
  return asked.length ? asked : data.screens.filter((screen) => screen.shown).map(({ id }) => id);
}

function keep(changes) {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  history.replaceState(history.state, "", url);
}

function open(data, start = null) {
  const before = start || document.activeElement;
  const host = document.createElement("div");
  host.id = HOST;
  host.deck = data.deck;
  const root = host.attachShadow({ mode: "open" });
  root.innerHTML = data.frame;
  document.body.append(host);
  const behind = document.getElementById("root");
  behind.inert = true;
  document.documentElement.style.overflow = "hidden";

  const find = (name) => root.querySelector(`.${name}`);
  const byId = new Map(data.screens.map((screen) => [screen.id, screen]));
  const channel = new BroadcastChannel(`kpi-stage-${data.deck}`);
  const state = { at: first(data), pace: 0, timer: 0 };

  const acts = {
    next: () => step(1),
    back: () => step(-1),
    first: () => show(order(data)[0]),
    last: () => show(order(data).at(-1)),
    leave: () => (panel() ? shut() : close()),
    list: () => toggle("list"),
    notes: () => toggle("notes"),
    keys: () => toggle("keys"),
    time: () => pace(PACE[(PACE.indexOf(state.pace) + 1) % PACE.length]),
    full: () => (document.fullscreenElement ? document.exitFullscreen() : full()),
    reset: () => { keep({ screens: null }); draw(); show(state.at); },
    window: () => {
      const url = new URL(location.href);
      url.searchParams.set("speaker", "1");
      window.open(url, `kpi-speaker-${data.deck}`, "width=900,height=700");
    },
  };

  function full() { document.documentElement.requestFullscreen?.().catch(() => {}); }

  /** What a small wall cannot hold is read first; then comes the next screen. */
  function more(by) {
    const screen = find("screen");
    const left = by > 0 ? screen.scrollHeight - screen.clientHeight - screen.scrollTop : 0;
    if (left < 8) return false;
    screen.scrollBy(0, screen.clientHeight * 0.7);
    return true;
  }

  function step(by) {
    if (more(by)) return;
    const shown = order(data);
    const to = shown.indexOf(state.at) + by;
    if (to >= 0 && to < shown.length) show(shown[to]);
  }

  function show(id, told = false) {
    const shown = order(data);
    state.at = shown.includes(id) ? id : shown[0];
    const screen = byId.get(state.at);
    const place = `${shown.indexOf(state.at) + 1} of ${shown.length}`;
    find("screen").innerHTML = screen.html;
    find("screen").scrollTop = 0;
    find("footer").textContent = `${data.footer} · ${place}`;
    find("said").textContent = `Screen ${place}: ${screen.title}`;
    const after = byId.get(shown[shown.indexOf(state.at) + 1]);
    find("notes-text").innerHTML = screen.notes;
    find("notes-next").textContent = after ? `Next: ${after.title}` : "This is the last screen.";
    for (const item of root.querySelectorAll(".list li")) {
      item.toggleAttribute("aria-current", item.dataset.id === state.at);
    }
    keep({ screen: state.at });
    if (!told) channel.postMessage(state.at);
    pace(state.pace);
  }

  function pace(seconds) {
    clearTimeout(state.timer);
    state.pace = seconds;
    find("act-time").textContent = seconds ? `Moves on every ${seconds} s` : "Timed: off";
    const shown = order(data);
    const goes = shown.indexOf(state.at) < shown.length - 1;
    if (seconds && goes) state.timer = setTimeout(() => step(1), seconds * 1000);
  }

  const panel = () => root.querySelector(".panel:not([hidden])");

  function toggle(name) {
    const was = panel();
    shut();
    if (was === find(name)) return;
    if (name === "list") draw();
    find(name).hidden = false;
    (find(name).querySelector("[aria-current] button, button") || find(name)).focus();
  }

  function shut() {
    for (const item of root.querySelectorAll(".panel")) item.hidden = true;
    find("screen").focus();
  }

  /** The presenter's list: every screen, shown or not, in the order of the day. */
  function draw() {
    const shown = order(data);
    const all = [...shown, ...data.screens.map((s) => s.id).filter((id) => !shown.includes(id))];
    const rows = all.map((id, at) => {
      const row = find("row").content.cloneNode(true).firstElementChild;
      const { title } = byId.get(id);
      row.dataset.id = id;
      row.toggleAttribute("aria-current", id === state.at);
      const box = row.querySelector("input");
      box.checked = shown.includes(id);
      box.setAttribute("aria-label", `Show: ${title}`);
      box.onchange = () => arrange(all.filter((one) => (one === id ? box.checked : shown.includes(one))), id, "input");
      const jump = row.querySelector(".jump");
      jump.textContent = title;
      jump.disabled = !box.checked;
      jump.onclick = () => { shut(); show(id); };
      for (const [name, by] of [["earlier", -1], ["later", 1]]) {
        const button = row.querySelector(`.${name}`);
        button.setAttribute("aria-label", `${title}: ${name}`);
        button.disabled = !box.checked || at + by < 0 || at + by >= shown.length;
        button.onclick = () => {
          const moved = [...shown];
          moved.splice(at, 1);
          moved.splice(at + by, 0, id);
          arrange(moved, id, `.${name}`);
        };
      }
      return row;
    });
    root.querySelector(".list ol").replaceChildren(...rows);
  }

  function arrange(shown, id, control) {
    if (shown.length) keep({ screens: shown.join(".") });
    draw();
    show(state.at);
    const row = root.querySelector(`.list li[data-id="${CSS.escape(id)}"]`);
    (row.querySelector(`${control}:not([disabled])`) || row.querySelector("input")).focus();
  }

  function pressed(event) {
    const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    const inside = root.activeElement?.closest("button, input, a, summary, .region");
    const own = inside && (event.key === " " || event.key === "Enter" || event.key.startsWith("Arrow"));
    if ((own && act !== "leave") || (panel() && ["next", "back"].includes(act) && inside)) return;
    event.preventDefault();
    event.stopPropagation();
    acts[act]();
  }

  function close() {
    clearTimeout(state.timer);
    channel.close();
    window.removeEventListener("keydown", pressed, true);
    behind.inert = false;
    document.documentElement.style.overflow = "";
    host.remove();
    keep({ screen: null, speaker: null });
    if (document.fullscreenElement) document.exitFullscreen();
    before?.focus?.();
  }

  host.close = close;
  channel.onmessage = (event) => show(event.data, true);
  window.addEventListener("keydown", pressed, true);
  for (const button of root.querySelectorAll("[data-act]")) {
    button.onclick = () => acts[button.dataset.act]();
  }
  if (address().has("speaker")) host.toggleAttribute("data-speaker", true);
  find("screen").focus();
  return {
    show: (id) => { show(id); full(); },
    resume: () => show(address().get("screen")),
  };
}
