// Enhancements: the pages say all of this without a script.
const reveal = (show) => {
  const node = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!node) return;
  if (node.closest("[hidden]")) show();
  for (let at = node; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  node.scrollIntoView();
};
// Filters by some controls; whatever a link leads to is shown.
const filtered = (controls, apply) => {
  for (const control of controls) control.addEventListener("input", apply);
  const show = () => {
    for (const control of controls) control.value = "";
    apply();
  };
  addEventListener("hashchange", () => reveal(show));
  document.getElementById("filter").hidden = false;
  reveal(show);
};
