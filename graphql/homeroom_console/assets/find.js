// The list under the search box: arrow keys choose, Enter opens, Escape closes.
(() => {
  const box = document.getElementById("find"), list = document.getElementById("found");
  if (!box || !list) return;
  const options = () => [...list.querySelectorAll("[role=option]")];
  const open = (yes) => {
    list.hidden = !yes;
    box.setAttribute("aria-expanded", yes);
    if (!yes) box.removeAttribute("aria-activedescendant");
  };
  const choose = (to) => {
    for (const each of options()) each.setAttribute("aria-selected", each === to);
    if (to) { box.setAttribute("aria-activedescendant", to.id); to.scrollIntoView({ block: "nearest" }); }
  };
  document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target === list) open(box.value.trim() !== "" && list.textContent.trim() !== ""); });
  box.addEventListener("input", () => { if (!box.value.trim()) open(false); });
  box.addEventListener("focus", () => { if (box.value.trim() && options().length) open(true); });
  box.addEventListener("keydown", (event) => {
    const all = options(), now = all.findIndex((each) => each.getAttribute("aria-selected") === "true");
    if (event.key === "Escape" && !list.hidden) { event.preventDefault(); open(false); choose(null); }
    else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && all.length) {
      event.preventDefault();
      open(true);
      choose(all[(now + (event.key === "ArrowDown" ? 1 : now < 0 ? 0 : -1) + all.length) % all.length]);
    } else if (event.key === "Enter" && now >= 0 && !list.hidden) { event.preventDefault(); all[now].click(); }
  });
  document.addEventListener("click", (event) => { if (!event.target.closest(".find")) open(false); });
  document.addEventListener("focusin", (event) => { if (!event.target.closest(".find")) open(false); });
})();
