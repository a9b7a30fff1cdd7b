// Images that are loaded when they come near (_ext/page_pictures.py) are all there on paper.
addEventListener("beforeprint", () => {
  for (const image of document.querySelectorAll("img[loading=lazy]")) image.loading = "eager";
});
