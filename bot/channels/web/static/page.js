// The plain page of a service: its button for printing; `#print` prints at once.

const button = document.getElementById("print");
button.hidden = false;
button.addEventListener("click", () => window.print());
if (location.hash === "#print") window.addEventListener("load", () => window.print());
