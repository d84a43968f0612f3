(() => {
  const find = document.getElementById("find");
  const verdict = document.getElementById("verdict");
  const level = document.getElementById("level");
  const found = document.getElementById("found");
  const clauses = [...document.querySelectorAll(".clause")].map((node) => [node, node.textContent.toLowerCase()]);
  const areas = [...document.querySelectorAll("details.area")].filter((node) => node.querySelector(".clause")).map((node) => [node, node.open]);
  const sections = [...document.querySelectorAll("main section")].filter((node) => node.querySelector(".clause"));
  const others = [...document.querySelectorAll("main section")].filter((node) => !sections.includes(node));
  const apply = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const active = Boolean(words.length || verdict.value || level.value);
    let count = 0;
    for (const [node, text] of clauses) {
      const match = words.every((word) => text.includes(word))
        && (!verdict.value || node.dataset.verdict === verdict.value)
        && (!level.value || node.dataset.level === level.value);
      node.hidden = !match;
      count += match;
    }
    for (const [node, open] of areas) {
      const any = Boolean(node.querySelector(".clause:not([hidden])"));
      node.hidden = !any;
      node.open = active ? any : open;
    }
    for (const node of sections) node.hidden = !node.querySelector(".clause:not([hidden])");
    for (const node of others) node.hidden = active;
    found.textContent = active ? `${count} of ${clauses.length}` : "";
  };

  const copy = async (pre, button) => {
    try {
      await navigator.clipboard.writeText(pre.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(pre);
      button.textContent = document.execCommand("copy") ? "Copied" : "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  };
  for (const pre of document.querySelectorAll("pre.curl")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.setAttribute("aria-label", pre.getAttribute("aria-label").replace("Command", "Copy the command"));
    button.addEventListener("click", () => copy(pre, button));
    pre.before(button);
  }
  filtered([find, verdict, level], apply);
})();
