// Photographs inside plots (_ext/page_pictures.py) are loaded when the plot comes near, or is printed.
addEventListener("DOMContentLoaded", () => {
  const images = document.querySelectorAll("svg image[data-href]");
  const load = (image) => {
    image.setAttribute("href", image.dataset.href);
    near.unobserve(image.ownerSVGElement);
  };
  const near = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) target.querySelectorAll("image[data-href]").forEach(load);
    }
  }, { rootMargin: "100% 0px" });
  for (const image of images) near.observe(image.ownerSVGElement);
  addEventListener("beforeprint", () => images.forEach(load));
});
