/* On a phone Streamlit draws the groups of the menu as blocks inside a list, which no list may hold. Without the roles
   of list and item, the links stay links of the navigation, each group under its name. */
(() => {
  const mend = () => {
    // the button shows the word "Menu", and a name that one can speak holds the word that one sees
    document.querySelector("[data-testid=stExpandSidebarButton][aria-label='Expand sidebar']")?.setAttribute("aria-label", "Expand Menu");
    for (const list of document.querySelectorAll("[data-testid=stSidebarNavItems]:not([role])")) list.setAttribute("role", "none");
    for (const item of document.querySelectorAll("[data-testid=stSidebarNavItems] li:not([role])")) item.setAttribute("role", "none");
    for (const header of document.querySelectorAll("[data-testid=stSidebarNavItems] [data-testid=stNavSectionHeader]")) {
      const group = header.parentElement, name = header.querySelector("p")?.textContent || "";
      if (group.getAttribute("aria-label") === name) continue;
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", name);
    }
  };
  // Streamlit leaves the menu open over the page that was chosen in it, and remembers it open for the next ones
  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-testid=stSidebarNavLink]")) document.querySelector("[data-testid=stSidebarCollapseButton] button")?.click();
  });
  new MutationObserver(mend).observe(document.documentElement, { subtree: true, childList: true });
})();
