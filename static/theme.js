// Before the first paint: tell Bootstrap which of its two sets of rules applies. Our own colours need no script.
(() => {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const show = () => document.documentElement.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  show();
  dark.addEventListener("change", show);
})();
