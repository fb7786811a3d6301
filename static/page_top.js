/* A link to the page itself shows other content where the reader stood: begin at its top, as on any other page. */
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-testid=stPageLink]")) return;
  const main = document.querySelector("[data-testid=stMain]");
  if (main) main.scrollTop = 0;
});
