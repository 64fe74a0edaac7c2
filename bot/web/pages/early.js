// Runs before the first paint, so that the page does not jump from small to large print.
try {
  if (localStorage.getItem("motcua.large") === "yes") document.documentElement.classList.add("large");
} catch {
  // Storage is switched off: normal print.
}
