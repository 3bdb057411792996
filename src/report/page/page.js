// Puts the page together: theme, time, and the parts of each role.

const pictures = [];
const redrawAll = () => pictures.forEach((picture) => picture.redraw());

function theme(name) {
  document.documentElement.dataset.theme = name;
  const button = find("#theme");
  button.textContent = name === "dark" ? "Light" : "Dark";
  button.setAttribute("aria-label", `Switch to ${name === "dark" ? "light" : "dark"} colours`);
}

const prefersDark = matchMedia("(prefers-color-scheme: dark)");
theme(prefersDark.matches ? "dark" : "light");
find("#theme").hidden = false;
find("#theme").addEventListener("click", () => {
  theme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
  redrawAll();
});
prefersDark.addEventListener("change", () => { theme(prefersDark.matches ? "dark" : "light"); redrawAll(); });

const when = find("#when"), date = new Date(1000 * Number(when.dataset.unix));
when.dateTime = date.toISOString();
when.textContent = date.toLocaleString("en-GB", { dateStyle: "long", timeStyle: "short" });

/** The buttons that hide clusters; far more than forty nobody tells apart. */
function legend(role, root, changed) {
  const shown = role.clusters.map((cluster, k) => ({ ...cluster, k })).filter(({ size }) => size);
  for (const { k, size } of shown.slice(0, 40)) {
    const button = make("button", { type: "button", className: "quiet" }, mark(shapeOf(k), colourOf(k)), String(k), make("i", { textContent: count(size) }));
    button.setAttribute("aria-pressed", "true");
    button.setAttribute("aria-label", `Cluster ${k}, ${count(size, "address", "addresses")}`);
    button.addEventListener("click", () => {
      role.hidden[k] ^= 1;
      button.setAttribute("aria-pressed", String(!role.hidden[k]));
      changed();
    });
    root.append(button);
  }
  for (const [at, rule] of role.flags.rules.entries()) {
    const text = make("i", { textContent: at ? rule : `flagged: ${rule}` });
    const found = role.flags.finding[role.flags.rule.indexOf(at)];
    root.append(make("span", { className: "key" }, mark(shapeOfRule(rule), found ? "--odd" : "--faint", true), text));
  }
}

for (const section of document.querySelectorAll("section.role")) {
  const role = new Role(section);
  const [first, second] = role.explained;
  find(`#${section.id}-axes`).textContent =
    `The plane in which the addresses differ most, in octets: across ${percent(first)}, up ${percent(second)} of the variance. Ellipses: one and two standard deviations.`;
  const plane = new Plane(role, find(".plane", section), find(".said", section));
  const enter = (flag) => {
    plane.focus(flag);
    plane.stage.scrollIntoView({ block: "center" });
    plane.stage.focus({ preventScroll: true });
  };
  const space = new Space(role, find(".space", section), enter);
  const table = new FlagTable(role, find(".flags", section), enter);
  legend(role, find(".legend", section), () => plane.redraw());
  for (const element of section.querySelectorAll(".clusters [data-cluster]")) {
    const k = Number(element.dataset.cluster);
    if (element.localName === "rect") element.style.fill = `var(${colourOf(k)})`;
    else element.replaceWith(mark(shapeOf(k), colourOf(k)));
  }
  pictures.push(plane, space);
  // For those who open the console, and for tests.
  section.octomix = { role, plane, space, table };
}

// Two models over the same addresses, each with a picture of its own.
for (const half of document.querySelectorAll("section.compare .half")) {
  const role = new Role(half), plane = new Plane(role, find(".plane", half), find(".said", half));
  legend(role, find(".legend", half), () => plane.redraw());
  pictures.push(plane);
  half.octomix = { role, plane };
}

// Titles of the charts become tooltips as prompt as the others.
for (const title of document.querySelectorAll(".chart title")) {
  const [first, ...rest] = title.textContent.split(": "), shape = title.parentNode;
  shape.addEventListener("pointermove", (event) => tip.show([rest.join(": "), first], event.clientX, event.clientY));
  shape.addEventListener("pointerleave", () => tip.hide());
  title.remove();
}

// What a tooltip tells of moves away from under it.
addEventListener("scroll", () => tip.hide(), { passive: true });
let wide = innerWidth;
addEventListener("resize", () => {
  // Phones change the height whenever they hide the bar of addresses.
  if (innerWidth !== wide) redrawAll();
  wide = innerWidth;
});
addEventListener("beforeprint", () => {
  document.documentElement.dataset.before = document.documentElement.dataset.theme;
  theme("light");
  // Paper opens nothing.
  document.querySelectorAll("details").forEach((details) => { details.open = true; });
  pictures.forEach((picture) => picture.draw());
  // One canvas: Chromium prints how a canvas was drawn, and clearing the upper one would clear what is below it.
  for (const over of document.querySelectorAll(".stage .over")) {
    const context = over.previousElementSibling.getContext("2d");
    context.resetTransform();
    context.drawImage(over, 0, 0);
  }
});
addEventListener("afterprint", () => { theme(document.documentElement.dataset.before); redrawAll(); });
pictures.forEach((picture) => picture.draw());
document.documentElement.dataset.ready = String(Math.round(performance.now()));
