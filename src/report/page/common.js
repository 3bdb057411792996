// What all parts of the page share: elements, numbers, marks, and a role's data.

const find = (selector, root = document) => root.querySelector(selector);

/** An element with properties, which are never read as markup, and children. */
function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** An SVG element with attributes. */
function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const grouped = new Intl.NumberFormat("en-US");
const count = (n, one = "", many = one + "s") => grouped.format(n) + (one && " " + (n === 1 ? one : many));
const decimal = (x, digits = 3) =>
  new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits })
    .format(x).replace("-", "\u2212");
const percent = (share) => decimal(100 * share, share < 0.1 ? 1 : 0) + "%";
const dotted = (address) =>
  `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;

/** A colour of the style sheet. */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** `#rrggbb` as numbers. */
const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

/** Marks of radius 1, told apart by shape as well as by colour. */
const SHAPES = [
  "M-.9 0A.9 .9 0 1 0 .9 0A.9 .9 0 1 0 -.9 0Z",
  "M-.8 -.8H.8V.8H-.8Z",
  "M0 -1L.95 .75H-.95Z",
  "M0 -1.1L1.1 0L0 1.1L-1.1 0Z",
  "M0 1L.95 -.75H-.95Z",
  "M-.35 -1H.35V-.35H1V.35H.35V1H-.35V.35H-1V-.35H-.35Z",
  "M-.5 -.87H.5L1 0L.5 .87H-.5L-1 0Z",
  "M0 -1.1L.32 -.32L1.1 0L.32 .32L0 1.1L-.32 .32L-1.1 0L-.32 -.32Z",
];
const COLOURS = 8;
const shapeOf = (cluster) => SHAPES[(cluster + Math.floor(cluster / COLOURS)) % SHAPES.length];
const colourOf = (cluster) => `--c${cluster % COLOURS}`;

/** The mark of each rule; of one that this page does not know a cross. */
const RULES = {
  "low-density": SHAPES[0], reserved: SHAPES[1], gap: SHAPES[2], isolated: SHAPES[3],
  sweep: SHAPES[4], "port-scan": SHAPES[6], "new-busy": SHAPES[7],
};
const shapeOfRule = (rule) => RULES[rule] ?? SHAPES[5];

/** A mark for text and buttons, coloured by the style sheet's variable. */
function mark(shape, name, hollow = false) {
  const path = draw("path", { d: shape, "stroke-width": 0.35 });
  path.style.fill = hollow ? "none" : `var(${name})`;
  path.style.stroke = hollow ? `var(${name})` : "none";
  const svg = draw("svg", { viewBox: "-1.25 -1.25 2.5 2.5", "aria-hidden": "true" }, path);
  return make("span", { className: "mark" }, svg);
}

/** The bytes that `text` is the base64 of. */
function decoded(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let at = 0; at < raw.length; at++) bytes[at] = raw.charCodeAt(at);
  return bytes;
}

/** A role's addresses, or their image, and its flags. */
class Role {
  constructor(section) {
    const element = find(`#${section.id}-bytes`, section);
    Object.assign(this, JSON.parse(find(`#${section.id}-data`, section).textContent));
    const bytes = decoded(element.textContent);
    // Twelve megabytes of text that nobody looks at again.
    element.remove();
    this.hidden = new Uint8Array(1 << 16);
    if (this.side) this.readImage(bytes); else this.readPoints(bytes);
    const flags = this.flags;
    flags.shown = flags.address.length;
    flags.at = new Map(flags.address.map((address, flag) => [address, flag]));
    [flags.x, flags.y] = this.projected(Uint32Array.from(flags.address));
  }

  readPoints(bytes) {
    const n = this.addresses;
    this.address = new Uint32Array(bytes.buffer, bytes.byteOffset, n);
    this.code = new Uint16Array(bytes.buffer, bytes.byteOffset + 4 * n, n);
    this.cluster = this.clustersAt(bytes, 6 * n, n);
    this.flag = bytes.subarray((6 + this.width) * n);
    [this.x, this.y] = this.projected(this.address);
  }

  readImage(bytes) {
    const cells = this.side * this.side, blocks = 1 << 16;
    const codes = new Uint16Array(bytes.buffer, bytes.byteOffset, 2 * cells + blocks);
    const counts = (from, to) =>
      Float32Array.from(codes.subarray(from, to), (code) => Math.round(2 ** (code / 2047) - 1));
    this.counts = counts(0, cells);
    this.flagged = counts(cells, 2 * cells);
    this.blocks = counts(2 * cells, 2 * cells + blocks);
    this.cluster = this.clustersAt(bytes, 2 * codes.length, cells);
    this.most = this.counts.reduce((a, b) => Math.max(a, b), 1);
  }

  clustersAt(bytes, from, n) {
    return this.width === 1
      ? bytes.subarray(from, from + n)
      : new Uint16Array(bytes.buffer, bytes.byteOffset + from, n);
  }

  /** The coordinates of `addresses` in the plane. */
  projected(addresses) {
    const n = addresses.length, x = new Float32Array(n), y = new Float32Array(n);
    const [a, b] = this.axes;
    const along = (axis) => -axis.reduce((sum, weight, j) => sum + weight * this.mean[j], 0);
    const [x0, y0] = [along(a), along(b)];
    for (let i = 0; i < n; i++) {
      const address = addresses[i];
      const p = address >>> 24, q = (address >>> 16) & 255, r = (address >>> 8) & 255, s = address & 255;
      x[i] = x0 + a[0] * p + a[1] * q + a[2] * r + a[3] * s;
      y[i] = y0 + b[0] * p + b[1] * q + b[2] * r + b[3] * s;
    }
    return [x, y];
  }

  isFlagged(i) {
    return (this.flag[i >> 3] >> (i & 7)) & 1;
  }

  /** The log-density of point `i`, to some four digits. */
  density(i) {
    const [least, most] = this.densities;
    return most - Math.expm1((this.code[i] / 65535) * Math.log1p(most - least));
  }

  /** What a tooltip tells of point `i`. */
  tellPoint(i) {
    const flag = this.flags.at.get(this.address[i]);
    if (flag !== undefined) return this.tellFlag(flag);
    const told = [dotted(this.address[i]), `cluster ${this.cluster[i]}, log-density ${decimal(this.density(i), 2)}`];
    if (this.isFlagged(i)) told.push("flagged");
    return told;
  }

  /** What a tooltip tells of a flag. */
  tellFlag(flag) {
    const { address, packets, cluster, density, rule, rules, reason } = this.flags, { nouns: [one, many] } = this.unit;
    return [
      dotted(address[flag]),
      `cluster ${cluster[flag]}, log-density ${decimal(density[flag])}, ${count(packets[flag], one, many)}`,
      `flagged: ${rules[rule[flag]]}`,
      reason[flag],
    ].filter(Boolean);
  }
}

/** The one tooltip: a bold first line and the rest, beside a place on the screen. */
const tip = {
  show(lines, x, y) {
    const box = find("#tip");
    const [first, ...rest] = lines;
    box.replaceChildren(make("b", { textContent: first }), ...rest.map((text) => make("span", { textContent: text })));
    box.hidden = false;
    const { width, height } = box.getBoundingClientRect();
    const left = x + 16 + width > innerWidth ? x - 16 - width : x + 16;
    const top = y + 16 + height > innerHeight ? y - 12 - height : y + 14;
    box.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)`;
  },
  hide() {
    find("#tip").hidden = true;
  },
};

/** Makes `canvas` as many device pixels as it covers, and returns its context in CSS pixels. */
function sized(canvas) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const ratio = Math.min(devicePixelRatio || 1, 3);
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return { context, width, height, ratio };
}

/** Calls `work` once before the next frame, however often it is asked to. */
function onFrame(work) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => { asked = false; work(); });
  };
}

/** Round numbers from `low` to `high`, some `n` of them, and their step. */
function ticks(low, high, n) {
  const rough = (high - low) / n, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((step) => step >= rough);
  const all = [];
  for (let at = Math.ceil(low / step); at * step <= high; at++) all.push(at * step);
  return { all, step };
}
