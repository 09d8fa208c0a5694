// Texts of the article with a contrast under 4.5, as lines. WCAG 2.1, relative luminance.
() => {
  const rgba = (text) => (text.match(/[\d.]+/g) || [0, 0, 0, 0]).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const over = ([r, g, b, a = 1], under) =>
    [r, g, b].map((v, k) => v * a + under[k] * (1 - a));
  const behind = (node) => {
    const layers = [];
    for (let n = node; n; n = n.parentElement) {
      layers.unshift(rgba(getComputedStyle(n).backgroundColor));
    }
    return layers.reduce((under, layer) => over(layer, under), [255, 255, 255]);
  };
  const faults = new Set();
  const selector = "article :is(p, li, h1, h2, h3, td, th, a, code, dt, dd, .provenance, pre span)";
  for (const node of document.querySelectorAll(selector)) {
    const own = [...node.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !node.getClientRects().length || node.classList.contains("headerlink")) continue;
    const back = behind(node);
    const [a, b] = [light(over(rgba(getComputedStyle(node).color), back)), light(back)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) {
      faults.add(`contrast ${ratio.toFixed(2)}: ${node.tagName} ${node.className} ` +
        `"${node.textContent.trim().slice(0, 30)}"`);
    }
  }
  return [...faults];
}
