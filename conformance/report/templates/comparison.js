(() => {
  const find = document.getElementById("find");
  const kind = document.getElementById("rows");
  const found = document.getElementById("found");
  const tables = [...document.querySelectorAll("table.sortable")];
  const rows = tables.flatMap((table) => [...table.tBodies[0].rows]);
  const words = new Map();
  const text = (row) => {
    if (!words.has(row)) words.set(row, row.textContent.toLowerCase());
    return words.get(row);
  };
  const kinds = {
    differs: (row) => row.classList.contains("d") || Boolean(row.querySelector("td.b, td.n, td.m")),
    broken: (row) => Boolean(row.querySelector("td.b")),
    unknown: (row) => Boolean(row.querySelector("td.u")),
  };
  const folds = [...document.querySelectorAll("details.area")].map((node) => [node, node.open]);
  const apply = () => {
    const wanted = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const active = Boolean(wanted.length || kind.value);
    let count = 0;
    for (const row of rows) {
      const match = !active || (wanted.every((word) => text(row).includes(word)) && (!kind.value || kinds[kind.value](row)));
      row.hidden = !match;
      count += match;
    }
    for (const [node, open] of folds) node.open = active ? Boolean(node.querySelector("tbody tr:not([hidden])")) : open;
    found.textContent = active ? `${count} of ${rows.length} rows` : "";
  };
  const rank = { b: 0, n: 1, s: 2, u: 3, m: 4, e: 5, k: 5, a: 6 };
  const value = (row, column) => {
    const cell = row.cells[column];
    const state = rank[cell.className];
    const number = Number.parseFloat(cell.textContent.replaceAll(",", ""));
    return state !== undefined ? state : Number.isNaN(number) ? cell.textContent.trim().toLowerCase() : number;
  };
  const compare = (a, b) => (typeof a === typeof b ? (a < b ? -1 : a > b ? 1 : 0) : typeof a === "number" ? -1 : 1);
  for (const table of tables) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const body = table.tBodies[0];
        const sorted = [...body.rows].map((row) => [value(row, column), row]).sort((a, b) => compare(a[0], b[0]) * (down ? -1 : 1));
        body.append(...sorted.map(([, row]) => row));
      });
    });
  }

  filtered([find, kind], apply);
})();
