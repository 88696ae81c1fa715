// The button that prints; what is printed leaves it out.
document.getElementById("print").addEventListener("click", () => window.print());
