// The plane of the principal components: points, or an image of them, under clusters and flags.

/** More visible points than this are drawn as pixels, not as marks. */
const MOST_MARKS = 12000;
/** More visible flags than this are drawn as dots. */
const MOST_FLAG_MARKS = 1500;
/** Pixels of a place where dots are counted. */
const PLACE = 3;
/** How near the pointer must be, in pixels. */
const REACH = 14;
/** Cells of the index of points, along each axis. */
const INDEX = 256;

class Plane {
  constructor(role, root, said) {
    Object.assign(this, { role, said, stage: find(".stage", root) });
    this.base = find(".base", root);
    this.over = find(".over", root);
    this.at = null; // the flag in focus
    this.redraw = onFrame(() => this.draw());
    this.listen(root);
    this.fit();
  }

  /** Shows all, at one scale for both axes unless that would leave most of the picture empty. */
  fit() {
    const { x, y } = this.role.extent;
    const { clientWidth: w, clientHeight: h } = this.stage;
    const margin = 34;
    let sx = Math.max(1, w - 2 * margin) / (x[1] - x[0]), sy = Math.max(1, h - 2 * margin) / (y[1] - y[0]);
    if (Math.max(sx, sy) < 3.5 * Math.min(sx, sy)) sx = sy = Math.min(sx, sy);
    this.view = { x: (x[0] + x[1]) / 2, y: (y[0] + y[1]) / 2, sx, sy };
    this.least = sx / 4;
    this.most = sx * 4000;
    this.whole = true;
  }

  /** Where a place of the plane is in the picture. */
  place(x, y) {
    const { view, stage } = this;
    return [(x - view.x) * view.sx + stage.clientWidth / 2, stage.clientHeight / 2 - (y - view.y) * view.sy];
  }

  /** Which place of the plane is there in the picture. */
  under(px, py) {
    const { view, stage } = this;
    return [view.x + (px - stage.clientWidth / 2) / view.sx, view.y - (py - stage.clientHeight / 2) / view.sy];
  }

  placeOfFlag(flag) {
    return this.place(this.role.flags.x[flag], this.role.flags.y[flag]);
  }

  zoom(factor, px = this.stage.clientWidth / 2, py = this.stage.clientHeight / 2) {
    const { view } = this;
    const by = Math.min(this.most, Math.max(this.least, view.sx * factor)) / view.sx;
    const [x, y] = this.under(px, py);
    view.x = x + (view.x - x) / by;
    view.y = y + (view.y - y) / by;
    view.sx *= by;
    view.sy *= by;
    this.whole = false;
    this.redraw();
  }

  draw() {
    if (this.whole) this.fit();
    const canvas = sized(this.base);
    this.drawAxes(canvas);
    if (this.role.side) this.drawImage(canvas); else this.drawPoints(canvas);
    this.drawFlags();
  }

  drawAxes({ context, width, height }) {
    const [left, top] = this.under(0, 0), [right, bottom] = this.under(width, height);
    context.strokeStyle = colour("--grid");
    context.fillStyle = colour("--faint");
    context.font = `11px ${colour("--sans")}`;
    context.lineWidth = 1;
    context.beginPath();
    const label = (value, step) => decimal(value, Math.max(0, Math.min(6, -Math.floor(Math.log10(step)))));
    const across = ticks(left, right, width / 110), up = ticks(bottom, top, height / 80);
    for (const x of across.all) {
      const px = Math.round(this.place(x, 0)[0]) + 0.5;
      context.moveTo(px, 0);
      context.lineTo(px, height);
      if (px > 40) context.fillText(label(x, across.step), px + 4, height - 6);
    }
    for (const y of up.all) {
      const py = Math.round(this.place(0, y)[1]) + 0.5;
      context.moveTo(0, py);
      context.lineTo(width, py);
      if (py < height - 24) context.fillText(label(y, up.step), 5, py - 4);
    }
    context.stroke();
  }

  /** Counts what is seen, and draws each of it as far as that can be told apart. */
  drawPoints(canvas) {
    const { x, y, cluster, hidden } = this.role;
    const [left, top] = this.under(-4, -4), [right, bottom] = this.under(canvas.width + 4, canvas.height + 4);
    let seen = 0;
    for (let i = 0; i < x.length; i++) {
      if (x[i] >= left && x[i] <= right && y[i] >= bottom && y[i] <= top && !hidden[cluster[i]]) seen++;
    }
    if (seen > MOST_MARKS) this.drawPixels(canvas); else this.drawMarks(canvas, [left, right, bottom, top], seen);
  }

  drawMarks({ context, ratio }, [left, right, bottom, top], seen) {
    const { role, view, stage } = this, { x, y, cluster, hidden } = role;
    const radius = seen > 4000 ? 2.2 : seen > 600 ? 2.9 : 3.8;
    const half = Math.ceil((radius + 1) * ratio), sprites = [];
    const sprite = (k) => {
      const canvas = make("canvas", { width: 2 * half, height: 2 * half }), pen = canvas.getContext("2d");
      pen.translate(half, half);
      pen.scale(radius * ratio, radius * ratio);
      pen.fillStyle = colour(colourOf(k));
      pen.fill(new Path2D(shapeOf(k)));
      return (sprites[k] = canvas);
    };
    const size = (2 * half) / ratio, cx = stage.clientWidth / 2, cy = stage.clientHeight / 2;
    context.globalAlpha = seen > 4000 ? 0.6 : 0.78;
    for (let i = 0; i < x.length; i++) {
      if (x[i] < left || x[i] > right || y[i] < bottom || y[i] > top || hidden[cluster[i]]) continue;
      const px = (x[i] - view.x) * view.sx + cx, py = cy - (y[i] - view.y) * view.sy;
      context.drawImage(sprites[cluster[i]] ?? sprite(cluster[i]), px - size / 2, py - size / 2, size, size);
    }
    context.globalAlpha = 1;
  }

  /** Every point as a few pixels; the more lie upon another, the less of the paper shows through. */
  drawPixels({ context, ratio }) {
    const { role, view } = this, { x, y, cluster, hidden } = role;
    const { width: w, height: h } = context.canvas, dot = Math.max(2, Math.round(1.5 * ratio));
    const counts = new Uint16Array(w * h), last = new Uint16Array(w * h);
    const sx = view.sx * ratio, sy = view.sy * ratio;
    const ox = w / 2 - view.x * sx - dot / 2, oy = h / 2 + view.y * sy - dot / 2;
    for (let i = 0; i < x.length; i++) {
      const k = cluster[i];
      if (hidden[k]) continue;
      const px = (ox + x[i] * sx) | 0, py = (oy - y[i] * sy) | 0;
      if (px < 0 || py < 0 || px > w - dot || py > h - dot) continue;
      for (let row = py; row < py + dot; row++) {
        for (let at = row * w + px, end = at + dot; at < end; at++) {
          if (counts[at] < 60000) counts[at]++;
          last[at] = k;
        }
      }
    }
    const alpha = Float32Array.from({ length: 24 }, (_, n) => 1 - 0.62 ** n);
    this.blend(context, (at) => alpha[Math.min(counts[at], 23)], (at) => last[at]);
  }

  /** The image of counts: the more addresses, the stronger. */
  drawImage({ context, ratio }) {
    const { role, view } = this, { side, counts, cluster, hidden, most, extent } = role;
    const { width: w, height: h } = context.canvas;
    const columns = new Int32Array(w), rows = new Int32Array(h);
    const cell = (value, [low, high]) => {
      const at = Math.floor(((value - low) / (high - low)) * side);
      return at === side && value <= high ? side - 1 : at < 0 || at >= side ? -1 : at;
    };
    for (let px = 0; px < w; px++) columns[px] = cell(view.x + (px / ratio - w / ratio / 2) / view.sx, extent.x);
    for (let py = 0; py < h; py++) rows[py] = cell(view.y - (py / ratio - h / ratio / 2) / view.sy, extent.y);
    const cellAt = (at) => {
      const column = columns[at % w], row = rows[(at / w) | 0];
      return column < 0 || row < 0 ? -1 : row * side + column;
    };
    const whole = Math.log1p(most);
    this.blend(context, (at) => {
      const from = cellAt(at);
      if (from < 0 || !counts[from] || hidden[cluster[from]]) return 0;
      return 0.3 + 0.7 * (Math.log1p(counts[from]) / whole);
    }, (at) => cluster[cellAt(at)]);
  }

  /** Lays the colours of clusters over what is drawn, as opaque as `strength` says of each pixel. */
  blend(context, strength, clusterAt) {
    const { width, height } = context.canvas;
    const layer = make("canvas", { width, height }), image = new ImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    const palette = Array.from({ length: COLOURS }, (_, k) => {
      const [r, g, b] = rgb(colour(`--c${k}`));
      return (b << 16) | (g << 8) | r;
    });
    for (let at = 0; at < pixels.length; at++) {
      const a = strength(at);
      if (a) pixels[at] = palette[clusterAt(at) % COLOURS] | (Math.round(255 * a) << 24);
    }
    layer.getContext("2d").putImageData(image, 0, 0);
    context.save();
    context.resetTransform();
    context.drawImage(layer, 0, 0);
    context.restore();
  }

  drawClusters(context) {
    const { clusters, hidden } = this.role;
    const shown = clusters.map((cluster, k) => ({ ...cluster, k })).filter(({ size, k }) => size && !hidden[k]);
    shown.sort((a, b) => b.size - a.size);
    const busy = shown.slice(0, 24), halo = colour("--card");
    for (const { covariance, mean, k } of busy) {
      const ink = colour(colourOf(k));
      for (const sigmas of [1, 2]) {
        this.ellipse(context, mean, covariance, sigmas);
        context.globalAlpha = sigmas === 1 ? 0.1 : 0;
        context.fillStyle = ink;
        context.fill();
        // A halo, so that it stands out from points of its own colour.
        context.globalAlpha = 0.6;
        context.strokeStyle = halo;
        context.lineWidth = 3.5;
        context.setLineDash([]);
        context.stroke();
        context.globalAlpha = 1;
        context.strokeStyle = ink;
        context.lineWidth = sigmas === 1 ? 1.6 : 1.2;
        context.setLineDash(sigmas === 1 ? [] : [5, 4]);
        context.stroke();
      }
      context.setLineDash([]);
    }
    context.font = `600 11px ${colour("--sans")}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const { mean, k } of busy) {
      const [px, py] = this.place(...mean);
      context.beginPath();
      context.arc(px, py, 9, 0, 2 * Math.PI);
      context.fillStyle = halo;
      context.fill();
      context.lineWidth = 1.6;
      context.strokeStyle = colour(colourOf(k));
      context.stroke();
      context.fillStyle = colour("--ink");
      context.fillText(String(k), px, py + 0.5);
    }
    context.textAlign = "start";
    context.textBaseline = "alphabetic";
  }

  /** The path of so many standard deviations about a mean. */
  ellipse(context, [x, y], [a, b, c], sigmas) {
    const middle = (a + c) / 2, apart = Math.hypot((a - c) / 2, b), angle = Math.atan2(2 * b, a - c) / 2;
    const long = sigmas * Math.sqrt(Math.max(0, middle + apart)), short = sigmas * Math.sqrt(Math.max(0, middle - apart));
    context.beginPath();
    for (let step = 0; step <= 72; step++) {
      const turn = (step / 72) * 2 * Math.PI, u = long * Math.cos(turn), v = short * Math.sin(turn);
      context.lineTo(...this.place(x + u * Math.cos(angle) - v * Math.sin(angle), y + u * Math.sin(angle) + v * Math.cos(angle)));
    }
    context.closePath();
  }

  drawFlags() {
    const { role } = this, { flags, hidden } = role;
    const { context, width, height } = sized(this.over);
    const inside = ([px, py]) => px > -9 && py > -9 && px < width + 9 && py < height + 9;
    const odd = colour("--odd"), remote = colour("--faint"), halo = colour("--card");
    const tint = (flag) => (flags.finding[flag] ? odd : remote);
    context.fillStyle = remote;
    if (role.side) this.drawFlaggedCells(context);
    else if (flags.count > flags.shown) this.drawFlaggedPoints(context, width, height);
    const seen = [];
    for (let flag = 0; flag < flags.shown; flag++) {
      if (!hidden[flags.cluster[flag]] && inside(this.placeOfFlag(flag))) seen.push(flag);
    }
    const dots = seen.length > MOST_FLAG_MARKS;
    const size = seen.length > 300 ? 3.4 : 5.2;
    // The oddest last, on top, and findings above all.
    seen.reverse();
    seen.sort((a, b) => flags.finding[a] - flags.finding[b]);
    if (dots) this.drawDense(context, seen, tint);
    this.drawClusters(context);
    for (const flag of dots ? [] : seen) {
      this.markAt(context, ...this.placeOfFlag(flag), size, shapeOfRule(flags.rules[flags.rule[flag]]), tint(flag), halo);
    }
    if (this.at !== null) {
      const [px, py] = this.placeOfFlag(this.at);
      this.markAt(context, px, py, 7, shapeOfRule(flags.rules[flags.rule[this.at]]), tint(this.at), halo);
      context.beginPath();
      context.arc(px, py, 14, 0, 2 * Math.PI);
      context.lineWidth = 2;
      context.strokeStyle = tint(this.at);
      context.stroke();
    }
  }

  /** Many flags: the more lie in a place, the less is seen of what is below. Findings above what is only remote. */
  drawDense(context, seen, tint) {
    const places = [new Map(), new Map()], { finding } = this.role.flags;
    for (const flag of seen) {
      const [px, py] = this.placeOfFlag(flag), of = places[finding[flag] ? 1 : 0];
      const place = (Math.floor(py / PLACE) + 16) * 65536 + Math.floor(px / PLACE) + 16;
      const known = of.get(place);
      if (known) known.count++; else of.set(place, { count: 1, flag });
    }
    let most = 1;
    for (const of of places) for (const { count } of of.values()) most = Math.max(most, count);
    for (const of of places) {
      for (const [place, { count, flag }] of of) {
        context.globalAlpha = 0.35 + 0.5 * Math.log1p(count) / Math.log1p(most);
        context.fillStyle = tint(flag);
        context.fillRect((place % 65536 - 16) * PLACE, (Math.floor(place / 65536) - 16) * PLACE, PLACE, PLACE);
      }
    }
    context.globalAlpha = 1;
  }

  /** Of the points in each place the share that is flagged: one among many hides nothing. */
  drawFlaggedPoints(context, width, height) {
    const { role, view } = this, { x, y, cluster, hidden } = role;
    const across = Math.ceil(width / PLACE), up = Math.ceil(height / PLACE);
    const all = new Uint32Array(across * up), flagged = new Uint32Array(across * up);
    // As place() does, without an array for each of a million points.
    const sx = view.sx / PLACE, sy = view.sy / PLACE;
    const ox = width / 2 / PLACE - view.x * sx, oy = height / 2 / PLACE + view.y * sy;
    for (let i = 0; i < x.length; i++) {
      const column = ox + x[i] * sx, row = oy - y[i] * sy;
      if (column < 0 || row < 0 || column >= across || row >= up || hidden[cluster[i]]) continue;
      const at = (row | 0) * across + (column | 0);
      all[at]++;
      if (role.isFlagged(i)) flagged[at]++;
    }
    for (let at = 0; at < all.length; at++) {
      if (!flagged[at]) continue;
      context.globalAlpha = 0.75 * flagged[at] / all[at];
      context.fillRect((at % across) * PLACE, Math.floor(at / across) * PLACE, PLACE, PLACE);
    }
    context.globalAlpha = 1;
  }

  /** Of each cell the share that is flagged: one among many hides nothing. */
  drawFlaggedCells(context) {
    const { side, counts, flagged, cluster, hidden, extent } = this.role;
    const [dx, dy] = [(extent.x[1] - extent.x[0]) / side, (extent.y[1] - extent.y[0]) / side];
    const size = Math.max(1.5, this.view.sx * dx);
    for (let cell = 0; cell < flagged.length; cell++) {
      if (!flagged[cell] || hidden[cluster[cell]]) continue;
      const [px, py] = this.place(extent.x[0] + ((cell % side) + 0.5) * dx, extent.y[0] + (Math.floor(cell / side) + 0.5) * dy);
      context.globalAlpha = 0.75 * flagged[cell] / counts[cell];
      context.fillRect(px - size / 2, py - size / 2, size, size);
    }
    context.globalAlpha = 1;
  }

  markAt(context, px, py, radius, shape, ink, halo) {
    const path = new Path2D();
    path.addPath(new Path2D(shape), new DOMMatrix([radius, 0, 0, radius, px, py]));
    context.lineWidth = 4;
    context.strokeStyle = halo;
    context.stroke(path);
    context.lineWidth = 1.8;
    context.strokeStyle = ink;
    context.stroke(path);
    context.globalAlpha = 0.25;
    context.fillStyle = ink;
    context.fill(path);
    context.globalAlpha = 1;
  }

  /** What is told of the place under the pointer. */
  tell(px, py) {
    const { role } = this, { flags, hidden } = role;
    let best = REACH ** 2, told = null, where = null;
    const nearer = (x, y, tell) => {
      const [qx, qy] = this.place(x, y), squared = (qx - px) ** 2 + (qy - py) ** 2;
      if (squared < best) [best, told, where] = [squared, tell, [qx, qy]];
    };
    for (let flag = 0; flag < flags.shown; flag++) {
      if (!hidden[flags.cluster[flag]]) nearer(flags.x[flag], flags.y[flag], () => role.tellFlag(flag));
    }
    if (told) return { lines: told(), where };
    if (role.side) return this.tellCell(px, py);
    const { order, starts, cellOf } = this.index();
    const [left, top] = cellOf(...this.under(px - REACH, py - REACH)), [right, bottom] = cellOf(...this.under(px + REACH, py + REACH));
    for (let row = bottom; row <= top; row++) {
      for (let at = starts[row * INDEX + left]; at < starts[row * INDEX + right + 1]; at++) {
        const i = order[at];
        if (!hidden[role.cluster[i]]) nearer(role.x[i], role.y[i], () => role.tellPoint(i));
      }
    }
    return told && { lines: told(), where };
  }

  tellCell(px, py) {
    const { side, counts, flagged, cluster, hidden, extent } = this.role, [x, y] = this.under(px, py);
    const place = (value, [low, high]) => Math.floor(((value - low) / (high - low)) * side);
    const column = place(x, extent.x), row = place(y, extent.y), cell = row * side + column;
    if (column < 0 || row < 0 || column >= side || row >= side || !counts[cell] || hidden[cluster[cell]]) return null;
    const lines = [count(counts[cell], "address", "addresses"), `most of cluster ${cluster[cell]}`];
    if (flagged[cell]) lines.push(`${count(flagged[cell])} flagged`);
    return { lines, where: [px, py] };
  }

  /** The points sorted by the cells of a grid, made when it is first asked for. */
  index() {
    if (this.sorted) return this.sorted;
    const { x, y, extent } = this.role, n = x.length;
    const place = (value, [low, high]) => Math.max(0, Math.min(INDEX - 1, Math.floor(((value - low) / (high - low)) * INDEX)));
    const cellOf = (x, y) => [place(x, extent.x), place(y, extent.y)];
    const cells = new Uint16Array(n), starts = new Uint32Array(INDEX * INDEX + 1), order = new Uint32Array(n);
    for (let i = 0; i < n; i++) {
      const [column, row] = cellOf(x[i], y[i]);
      cells[i] = row * INDEX + column;
      starts[cells[i] + 1]++;
    }
    for (let cell = 0; cell < INDEX * INDEX; cell++) starts[cell + 1] += starts[cell];
    const next = starts.slice();
    for (let i = 0; i < n; i++) order[next[cells[i]]++] = i;
    return (this.sorted = { order, starts, cellOf });
  }

  /** Puts a flag in focus, moves it into sight and tells of it. */
  focus(flag) {
    this.at = flag;
    if (flag === null) {
      this.said.textContent = "";
      tip.hide();
      this.redraw();
      return;
    }
    const { x, y } = this.role.flags, { clientWidth: w, clientHeight: h } = this.stage;
    const [px, py] = this.placeOfFlag(flag);
    if (px < 0 || py < 0 || px > w || py > h) {
      Object.assign(this.view, { x: x[flag], y: y[flag] });
      this.whole = false;
    }
    const [first, ...rest] = this.role.tellFlag(flag);
    this.said.replaceChildren(make("b", { textContent: first }), `: ${rest.join("; ")}`);
    this.redraw();
  }

  /** Steps through the flags, the oddest first, over those of hidden clusters. */
  step(by) {
    const { flags, hidden } = this.role, n = flags.shown;
    let flag = this.at === null ? (by > 0 ? -1 : n) : this.at;
    do flag += by; while (flag >= 0 && flag < n && hidden[flags.cluster[flag]]);
    if (flag < 0 || flag >= n) return;
    this.focus(flag);
    const box = this.stage.getBoundingClientRect(), [px, py] = this.placeOfFlag(flag);
    tip.show(this.role.tellFlag(flag), box.left + px, box.top + py);
  }

  listen(root) {
    const { stage } = this, held = new Map();
    const inStage = (event) => {
      const box = stage.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    const pinch = () => {
      const [[ax, ay], [bx, by]] = [...held.values()];
      return { x: (ax + bx) / 2, y: (ay + by) / 2, apart: Math.hypot(ax - bx, ay - by) };
    };
    stage.addEventListener("pointerdown", (event) => {
      held.set(event.pointerId, inStage(event));
      stage.setPointerCapture(event.pointerId);
      stage.classList.add("held");
      tip.hide();
    });
    stage.addEventListener("pointermove", (event) => {
      const [px, py] = inStage(event);
      if (!held.has(event.pointerId)) {
        const told = this.tell(px, py);
        if (told) tip.show(told.lines, event.clientX, event.clientY); else tip.hide();
        return;
      }
      const before = held.size === 2 ? pinch() : null, [qx, qy] = held.get(event.pointerId);
      held.set(event.pointerId, [px, py]);
      if (before) {
        const after = pinch();
        this.zoom(after.apart / Math.max(1, before.apart), after.x, after.y);
      } else if (px !== qx || py !== qy) {
        this.view.x -= (px - qx) / this.view.sx;
        this.view.y += (py - qy) / this.view.sy;
        this.whole = false;
        this.redraw();
      }
    });
    const drop = (event) => {
      held.delete(event.pointerId);
      if (!held.size) stage.classList.remove("held");
    };
    stage.addEventListener("pointerup", drop);
    stage.addEventListener("pointercancel", drop);
    stage.addEventListener("pointerleave", () => tip.hide());
    stage.addEventListener("dblclick", (event) => this.zoom(2, ...inStage(event)));
    // The wheel scrolls the page until the plane has been clicked: else nobody gets past it.
    stage.addEventListener("wheel", (event) => {
      if (document.activeElement !== stage && !event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY / (event.deltaMode ? 15 : 400)), ...inStage(event));
    }, { passive: false });
    const keys = {
      ArrowRight: () => this.step(1), ArrowDown: () => this.step(1), ArrowLeft: () => this.step(-1), ArrowUp: () => this.step(-1),
      Home: () => { this.at = null; this.step(1); }, End: () => { this.at = null; this.step(-1); }, Escape: () => this.focus(null),
      "+": () => this.zoom(1.5), "=": () => this.zoom(1.5), "-": () => this.zoom(1 / 1.5), 0: () => { this.whole = true; this.redraw(); },
    };
    stage.addEventListener("keydown", (event) => {
      const act = event.ctrlKey || event.metaKey || event.altKey ? null : keys[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    });
    stage.addEventListener("blur", () => tip.hide());
    const buttons = { in: () => this.zoom(1.6), out: () => this.zoom(1 / 1.6), all: () => { this.whole = true; this.redraw(); } };
    for (const button of root.querySelectorAll(".tools button")) button.addEventListener("click", buttons[button.dataset.do]);
  }
}
