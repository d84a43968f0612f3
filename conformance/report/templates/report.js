// An enhancement: the page says all of this without it.
(() => {
  const bar = document.getElementById("filter");
  const find = document.getElementById("find");
  const verdict = document.getElementById("verdict");
  const level = document.getElementById("level");
  const found = document.getElementById("found");
  const clauses = [...document.querySelectorAll(".clause")].map((node) => [node, node.textContent.toLowerCase()]);
  const areas = [...document.querySelectorAll("details.area")].map((node) => [node, node.open]);
  const apply = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const [node, text] of clauses) {
      const match = words.every((word) => text.includes(word))
        && (!verdict.value || node.dataset.verdict === verdict.value)
        && (!level.value || node.dataset.level === level.value);
      node.hidden = !match;
      count += match;
    }
    const active = words.length || verdict.value || level.value;
    for (const [node, open] of areas) {
      const any = node.querySelector(".clause:not([hidden])");
      node.hidden = !any;
      node.open = active ? Boolean(any) : open;
    }
    for (const section of document.querySelectorAll("main section")) {
      if (section.querySelector(".clause")) section.hidden = !section.querySelector(".clause:not([hidden])");
    }
    found.textContent = active ? `${count} of ${clauses.length}` : "";
  };
  for (const control of [find, verdict, level]) control.addEventListener("input", apply);
  const reveal = () => {
    const node = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const area = node && node.closest("details");
    if (area) { area.open = true; node.scrollIntoView(); }
  };
  addEventListener("hashchange", reveal);
  reveal();
  bar.hidden = false;
})();
