// The address space along a Hilbert curve: neighbours in number are neighbours on the map.

/** Cells along each side of the map: 2^16 in all, blocks of 2^16 addresses or addresses of one block. */
const CELLS = 256;
/** Busiest blocks that can be chosen from. */
const CHOICES = 12;
/** Blocks of two octets that are no public addresses, by the registry of special-purpose addresses. */
const KINDS = [
  [0x0000, 0x00ff, "this network"], [0x0a00, 0x0aff, "private use"], [0x6440, 0x647f, "shared by carriers"],
  [0x7f00, 0x7fff, "loopback"], [0xa9fe, 0xa9fe, "link local"], [0xac10, 0xac1f, "private use"],
  [0xc0a8, 0xc0a8, "private use"], [0xc612, 0xc613, "benchmarks"], [0xe000, 0xefff, "multicast"], [0xf000, 0xffff, "reserved"],
];
const kindOf = (block) => KINDS.find(([first, last]) => block >= first && block <= last)?.[2];

/** The column and row of place `d` on the curve through a square of `side`. */
function along(d, side) {
  let x = 0, y = 0;
  for (let s = 1; s < side; s *= 2, d = Math.floor(d / 4)) {
    const rx = 1 & (d >> 1), ry = 1 & (d ^ rx);
    if (!ry) {
      if (rx) [x, y] = [s - 1 - x, s - 1 - y];
      [x, y] = [y, x];
    }
    x += s * rx;
    y += s * ry;
  }
  return [x, y];
}

/** The place of every cell, and the cell at every place. */
const PLACES = Uint16Array.from({ length: CELLS * CELLS }, (_, d) => {
  const [x, y] = along(d, CELLS);
  return y * CELLS + x;
});
const AT = new Uint16Array(CELLS * CELLS);
PLACES.forEach((place, d) => { AT[place] = d; });

class Space {
  constructor(role, root, enter) {
    Object.assign(this, { role, root, enter, block: null });
    this.stage = find(".stage", root);
    this.blocks = role.blocks ?? this.counted((address) => address >>> 16);
    this.flagged = new Uint32Array(CELLS * CELLS);
    role.flags.address.forEach((address) => this.flagged[address >>> 16]++);
    this.busiest = [...this.blocks.keys()].filter((block) => this.blocks[block]);
    this.busiest.sort((a, b) => this.blocks[b] - this.blocks[a]);
    this.redraw = onFrame(() => this.draw());
    this.choose();
    this.listen();
  }

  counted(cell) {
    const counts = new Float32Array(CELLS * CELLS), { address } = this.role;
    for (let i = 0; i < address.length; i++) counts[cell(address[i])]++;
    return counts;
  }

  /** Fills the list of views; starts within a block that has most of the addresses. */
  choose() {
    const select = find("select", this.root), { role, busiest, blocks } = this;
    select.append(make("option", { value: "", textContent: "whole IPv4 space" }));
    if (!role.side) {
      for (const block of busiest.slice(0, CHOICES)) {
        const text = `${this.name(block)} (${count(blocks[block])})`;
        select.append(make("option", { value: String(block), textContent: text }));
      }
      if (blocks[busiest[0]] >= role.addresses / 2) this.block = busiest[0];
    }
    select.value = this.block ?? "";
    select.addEventListener("change", () => this.view(select.value === "" ? null : Number(select.value)));
  }

  name(block) {
    return `${block >>> 8}.${block & 255}.0.0/16`;
  }

  view(block) {
    this.block = block;
    const select = find("select", this.root);
    if (block !== null && ![...select.options].some((option) => option.value === String(block))) {
      select.append(make("option", { value: String(block), textContent: `${this.name(block)} (${count(this.blocks[block])})` }));
    }
    select.value = block ?? "";
    tip.hide();
    this.redraw();
  }

  draw() {
    const { role, block, root } = this, base = sized(find(".base", root)), size = base.width;
    const cell = size / CELLS, { context } = base;
    const whole = block === null;
    const octets = whole ? "first octet" : "third octet";
    find(".where", root).textContent = whole
      ? `${count(this.busiest.length, "block")} of two octets ${this.busiest.length === 1 ? "has" : "have"} addresses`
      : `${count(this.blocks[block])} of 65,536 addresses of ${this.name(block)}`;
    find(".key", root).textContent =
      `Neighbours in number are neighbours here; numbers are the ${octets}. ` +
      (whole ? (role.side ? "" : "Click a block to see its addresses. ") + "Shaded: not public. Red: flagged."
        : "Each cell is an address, coloured by its cluster; red: found; grey: most remote.");
    this.drawTiles(context, cell, whole);
    if (whole) this.drawBlocks(context, cell); else this.drawAddresses(context, cell);
    this.drawLabels(context, cell, whole);
    this.drawFlags(cell);
  }

  drawTiles(context, cell, whole) {
    context.fillStyle = colour("--grid");
    if (whole) {
      for (const [first, last] of KINDS) for (let block = first; block <= last; block++) this.fill(context, block, cell, cell);
    }
    context.strokeStyle = colour("--line");
    context.lineWidth = 1;
    context.beginPath();
    for (let line = 0; line <= 16; line++) {
      const at = Math.min(Math.max(Math.round(16 * line * cell), 0.5), CELLS * cell - 0.5);
      context.moveTo(at, 0);
      context.lineTo(at, CELLS * cell);
      context.moveTo(0, at);
      context.lineTo(CELLS * cell, at);
    }
    context.stroke();
  }

  fill(context, d, cell, size) {
    const place = PLACES[d], grow = (size - cell) / 2;
    context.fillRect((place % CELLS) * cell - grow, Math.floor(place / CELLS) * cell - grow, size, size);
  }

  /** Blocks by how many addresses they have, larger than they are where they are few. */
  drawBlocks(context, cell) {
    const { blocks, busiest } = this, whole = Math.log1p(blocks[busiest[0]] ?? 1);
    const size = Math.max(cell, busiest.length > 3000 ? cell : busiest.length > 300 ? 3 : 4.5);
    const low = rgb(colour("--c4")), high = rgb(colour("--high"));
    for (const block of [...busiest].reverse()) {
      const share = Math.log1p(blocks[block]) / whole;
      context.fillStyle = `rgb(${low.map((from, c) => Math.round(from + (high[c] - from) * share)).join(" ")})`;
      this.fill(context, block, cell, size);
    }
  }

  drawAddresses(context, cell) {
    const { role, block } = this, { address, cluster } = role;
    const palette = Array.from({ length: COLOURS }, (_, k) => colour(`--c${k}`));
    const size = Math.max(cell, this.blocks[block] > 3000 ? cell : this.blocks[block] > 400 ? 2.6 : 4);
    for (let i = 0; i < address.length; i++) {
      if (address[i] >>> 16 !== block) continue;
      context.fillStyle = palette[cluster[i] % COLOURS];
      this.fill(context, address[i] & 0xffff, cell, size);
    }
  }

  drawLabels(context, cell, whole) {
    if (16 * cell < 19) return;
    context.font = `${16 * cell < 26 ? 9 : 10.5}px ${colour("--sans")}`;
    context.textBaseline = "top";
    context.fillStyle = colour("--faint");
    for (let tile = 0; tile < 256; tile++) {
      const [x, y] = along(tile, 16);
      context.fillText(String(tile), x * 16 * cell + 3, y * 16 * cell + 3);
    }
    context.textBaseline = "alphabetic";
  }

  drawFlags(cell) {
    const { role, block, root } = this, { context } = sized(find(".over", root));
    // Findings go over what is only remote.
    for (const [found, name] of [[false, "--faint"], [true, "--odd"]]) {
      const places = new Set();
      role.flags.address.forEach((address, flag) => {
        if (role.flags.finding[flag] !== found) return;
        if (block === null) places.add(address >>> 16);
        else if (address >>> 16 === block) places.add(address & 0xffff);
      });
      const many = places.size > 1000, size = many ? cell : Math.max(cell, 5);
      for (const [tint, more] of many ? [[name, 0]] : [["--card", 2], [name, 0]]) {
        context.fillStyle = colour(tint);
        for (const d of places) this.fill(context, d, cell, size + more);
      }
    }
  }

  tell(d) {
    const { role, block, blocks } = this;
    if (block === null) {
      if (!blocks[d]) return [this.name(d), ...[kindOf(d)].filter(Boolean), "no addresses"];
      const flags = this.flagged[d] ? [`${count(this.flagged[d])} flagged`] : [];
      return [this.name(d), ...[kindOf(d)].filter(Boolean), count(blocks[d], "address", "addresses"), ...flags];
    }
    this.members ??= new Map();
    if (!this.members.has(block)) {
      const members = new Map();
      role.address.forEach((address, i) => { if (address >>> 16 === block) members.set(address & 0xffff, i); });
      this.members.set(block, members);
    }
    const i = this.members.get(block).get(d);
    return i === undefined ? [dotted(block * 65536 + d), "not seen"] : role.tellPoint(i);
  }

  /** The cell under the pointer; one with addresses right beside it, where cells are small. */
  cellUnder(event) {
    const box = this.stage.getBoundingClientRect(), cell = box.width / CELLS;
    const [x, y] = [(event.clientX - box.left) / cell, (event.clientY - box.top) / cell].map((at) => Math.max(0, Math.min(CELLS - 1, Math.floor(at))));
    if (this.block !== null) return AT[y * CELLS + x];
    let best = AT[y * CELLS + x], distance = this.blocks[best] ? 0 : 9;
    for (let dy = -2; dy <= 2; dy++) {
      for (let dx = -2; dx <= 2; dx++) {
        const [u, v] = [x + dx, y + dy];
        if (u < 0 || v < 0 || u >= CELLS || v >= CELLS || dx * dx + dy * dy >= distance) continue;
        const d = AT[v * CELLS + u];
        if (this.blocks[d]) [best, distance] = [d, dx * dx + dy * dy];
      }
    }
    return best;
  }

  listen() {
    const { stage, role } = this;
    stage.addEventListener("pointermove", (event) => tip.show(this.tell(this.cellUnder(event)), event.clientX, event.clientY));
    stage.addEventListener("pointerleave", () => tip.hide());
    stage.addEventListener("click", (event) => {
      const d = this.cellUnder(event);
      if (this.block === null && !role.side && this.blocks[d]) this.view(d);
      else if (this.block !== null) {
        const flag = role.flags.at.get(this.block * 65536 + d);
        if (flag !== undefined) this.enter(flag);
      }
    });
  }
}
