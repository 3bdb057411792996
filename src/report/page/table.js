// The flagged addresses: sorted, searched, a page at a time, and copied.

const ROWS = 15;

class FlagTable {
  constructor(role, root, enter) {
    Object.assign(this, { role, root, enter, page: 0, sort: { column: null, down: false } });
    const { flags } = role, all = Array.from({ length: flags.shown }, (_, flag) => flag);
    this.all = all;
    // What is searched, and what is sorted by: numbers by their value, not by their digits.
    this.text = all.map((flag) =>
      `${dotted(flags.address[flag])} ${flags.rules[flags.rule[flag]]} cluster ${flags.cluster[flag]} ${flags.reason[flag]}`.toLowerCase());
    this.columns = this.defined();
    this.header();
    this.listen();
    this.show();
  }

  defined() {
    const { flags } = this.role, rule = (flag) => flags.rules[flags.rule[flag]];
    const bits = (flag) => flags.surprise[flag]?.reduce((a, b) => a + b, 0) ?? 0;
    const columns = [
      { name: "Address", key: (flag) => flags.address[flag], cell: (flag) => this.addressCell(flag) },
      { name: "Rule", key: rule, cell: (flag) => rule(flag) },
      { name: "Log-density", number: true, key: (flag) => flags.density[flag], cell: (flag) => decimal(flags.density[flag]) },
      { name: "Cluster", number: true, key: (flag) => flags.cluster[flag], cell: (flag) => String(flags.cluster[flag]) },
      { name: this.role.unit.title, number: true, key: (flag) => flags.packets[flag], cell: (flag) => count(flags.packets[flag]) },
    ];
    if (flags.surprise.some(Boolean)) {
      columns.push({ name: "Surprise, bits", key: bits, cell: (flag) => this.surpriseCell(flag, bits(flag)) });
    }
    if (flags.reason.some(Boolean)) {
      columns.push({ name: "Why", key: (flag) => flags.reason[flag], cell: (flag) => flags.reason[flag], why: true });
    }
    return columns;
  }

  addressCell(flag) {
    const { flags } = this.role, address = make("span", { className: "ip", textContent: dotted(flags.address[flag]) });
    return make("span", {}, mark(shapeOfRule(flags.rules[flags.rule[flag]]), flags.finding[flag] ? "--odd" : "--faint", true), address);
  }

  /** Four bars, the surprise of each octet; the largest in red. */
  surpriseCell(flag, sum) {
    const bits = this.role.flags.surprise[flag];
    if (!bits) return "";
    const most = Math.max(...bits), svg = draw("svg", { viewBox: "0 0 44 16", role: "img" });
    svg.append(draw("title", {}, bits.map((value, octet) => `octet ${octet + 1}: ${decimal(value, 1)} bits`).join(", ")));
    bits.forEach((value, octet) => {
      const height = Math.max(1, (16 * value) / Math.max(8, most));
      svg.append(draw("rect", { x: 11 * octet, y: 16 - height, width: 9, height, class: value === most ? "top-bit" : "" }));
    });
    return make("span", {}, make("span", { className: "bits" }, svg), ` ${decimal(sum, 1)}`);
  }

  header() {
    const row = find("thead tr", this.root);
    row.append(...this.columns.map((column) => {
      const button = make("button", { type: "button", textContent: column.name });
      button.addEventListener("click", () => {
        const { sort } = this;
        this.sort = { column, down: sort.column === column && !sort.down };
        this.page = 0;
        this.show();
      });
      return (column.head = make("th", { scope: "col", className: column.number ? "n" : "" }, button));
    }));
  }

  /** The flags that the search finds, in the order asked for; else the oddest first. */
  found() {
    const words = find("input", this.root).value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = this.all.filter((flag) => words.every((word) => this.text[flag].includes(word)));
    const { column, down } = this.sort;
    if (column) {
      const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
      found.sort((a, b) => (down ? -1 : 1) * compare(column.key(a), column.key(b)) || a - b);
    }
    return found;
  }

  show() {
    const { columns, sort, role } = this, found = this.found();
    const pages = Math.max(1, Math.ceil(found.length / ROWS));
    this.page = Math.min(this.page, pages - 1);
    for (const column of columns) {
      if (column === sort.column) column.head.setAttribute("aria-sort", sort.down ? "descending" : "ascending");
      else column.head.removeAttribute("aria-sort");
    }
    const first = this.page * ROWS, shown = found.slice(first, first + ROWS);
    const rows = shown.map((flag) => {
      const cells = columns.map((column) => {
        const className = column.number ? "n" : column.why ? "why" : "";
        const cell = make("td", { className }, column.cell(flag));
        // On a phone, where the heads do not stand above the cells.
        if (column.number) cell.dataset.name = column.name.toLowerCase();
        return cell;
      });
      const row = make("tr", { tabIndex: 0 }, ...cells);
      row.addEventListener("click", () => this.enter(flag));
      row.addEventListener("keydown", (event) => { if (event.key === "Enter") this.enter(flag); });
      return row;
    });
    if (!rows.length) {
      const text = this.all.length ? "Nothing found." : "No address is flagged.";
      rows.push(make("tr", {}, make("td", { className: "empty", colSpan: columns.length, textContent: text })));
    }
    find("tbody", this.root).replaceChildren(...rows);
    const told = find(".pages span", this.root);
    told.textContent = found.length ? `${count(first + 1)} to ${count(first + shown.length)} of ${count(found.length)}` : "";
    if (role.flags.count > role.flags.shown) told.textContent += `; ${count(role.flags.count)} in all, in anomalies.csv`;
    find('[data-do="previous"]', this.root).disabled = this.page === 0;
    find('[data-do="next"]', this.root).disabled = this.page >= pages - 1;
    find(".pages", this.root).hidden = this.all.length <= ROWS;
  }

  /** What the search finds, in the order shown, as CSV. */
  csv() {
    const { flags } = this.role, bits = flags.surprise.some(Boolean);
    const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    const octets = bits ? [1, 2, 3, 4].map((octet) => `surprise_octet${octet}`) : [];
    const lines = this.found().map((flag) => [
      dotted(flags.address[flag]), flags.packets[flag], flags.cluster[flag], flags.density[flag],
      flags.rules[flags.rule[flag]], flags.reason[flag], ...(bits ? flags.surprise[flag] ?? ["", "", "", ""] : []),
    ]);
    const head = ["address", this.role.unit.column, "cluster", "log_density", "rule", "reason", ...octets];
    return [head, ...lines].map((cells) => cells.map((cell) => quoted(String(cell))).join(",") + "\n").join("");
  }

  async copy() {
    const done = find(".done", this.root), text = this.csv();
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Browsers that do not trust a page from disk with the clipboard still copy a selection.
      const area = make("textarea", { value: text });
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    done.textContent = `${count(this.found().length, "row")} copied`;
    setTimeout(() => { done.textContent = ""; }, 3000);
  }

  listen() {
    const turn = (by) => () => { this.page += by; this.show(); };
    find("input", this.root).addEventListener("input", () => { this.page = 0; this.show(); });
    find('[data-do="previous"]', this.root).addEventListener("click", turn(-1));
    find('[data-do="next"]', this.root).addEventListener("click", turn(1));
    find('[data-do="copy"]', this.root).addEventListener("click", () => this.copy());
  }
}
