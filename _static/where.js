// Where the book is, only the browser knows: said on the printed summary, and in notebooks as they are downloaded.
(() => {
  const onAServer = location.protocol !== "file:";

  addEventListener("DOMContentLoaded", () => {
    for (const place of document.querySelectorAll("div.address p")) {
      if (onAServer) place.append(`, ${location.href.split(/[?#]/)[0]}`);
    }
  });

  // In the site's own copy of a notebook, "../.." is the site.
  async function withAddress(address) {
    const response = await fetch(address);
    if (!response.ok) throw new Error(response.statusText);
    const site = new URL("../..", address).href.replace(/\/$/, "");
    return (await response.text()).replace(/(?<=[("])\.\.\/\.\.(?=\/|\\")/g, site);
  }

  addEventListener("click", async (event) => {
    const link = event.target.closest?.("a[download][href$='.ipynb']");
    if (!link || !onAServer || event.defaultPrevented) return;
    event.preventDefault();
    let address = link.href;
    try {
      address = URL.createObjectURL(new Blob([await withAddress(link.href)], { type: "application/x-ipynb+json" }));
    } catch {
      // Then it is downloaded as it is.
    }
    const file = Object.assign(document.createElement("a"), { href: address, download: link.href.split("/").pop() });
    file.click();
    if (address !== link.href) setTimeout(() => URL.revokeObjectURL(address), 60_000);
  });
})();
