// data-png="address of an SVG": makes a PNG of it in the browser, at three dots a pixel, and saves it.
(() => {
  const DOTS = 3;

  const drawn = async (address) => {
    const picture = new Image();
    picture.src = address;
    await picture.decode();
    const canvas = document.createElement("canvas");
    canvas.width = picture.naturalWidth * DOTS;
    canvas.height = picture.naturalHeight * DOTS;
    const pen = canvas.getContext("2d");
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return new Promise((done, failed) => {
      canvas.toBlob((file) => (file ? done(file) : failed(new Error("no picture"))), "image/png");
    });
  };

  const save = (file, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = name;
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };

  const buttons = document.querySelectorAll("[data-png]");
  for (const button of buttons) {
    const status = button.parentElement.querySelector("[role=status]");
    button.hidden = false;
    button.addEventListener("click", async () => {
      if (button.getAttribute("aria-disabled") === "true") return;
      button.setAttribute("aria-disabled", "true");
      status.textContent = "Drawing…";
      try {
        save(await drawn(button.dataset.png), button.dataset.name);
        status.textContent = "PNG saved.";
      } catch {
        status.textContent = "The PNG could not be made. Take the SVG, and try again later.";
      } finally {
        button.removeAttribute("aria-disabled");
      }
    });
  }
})();
