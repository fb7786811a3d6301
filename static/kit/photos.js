/**
 * Keep photos small and without the camera's hidden data, named by the SHA-256 of the bytes that will be sent.
 *
 * keep(file)      -> promise of {sha256, bytes, type, asItCame}; on the disk when fulfilled
 * picture(sha256) -> promise of an address to show, or "" when this browser cannot show it
 */
Jaidee.photos = (() => {
  "use strict";

  const LONGEST_SIDE = 2048;
  const QUALITY = 0.85;
  const SHOWN = new Set(["image/jpeg", "image/png", "image/webp"]);
  const addresses = new Map();

  /** Return the picture upright, whichever way this browser can decode it; fails when it cannot. */
  async function decoded(file) {
    try {
      return await createImageBitmap(file, { imageOrientation: "from-image" });
    } catch {
      const image = new Image();
      image.src = URL.createObjectURL(file);
      try {
        await image.decode();
        return image;
      } finally {
        URL.revokeObjectURL(image.src);
      }
    }
  }

  /** Return a JPEG of at most 2048 pixels; drawing it anew leaves position and camera behind. */
  async function shrunk(file) {
    const picture = await decoded(file);
    const [wide, high] = [picture.naturalWidth || picture.width, picture.naturalHeight || picture.height];
    const scale = Math.min(1, LONGEST_SIDE / Math.max(wide, high));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(wide * scale));
    canvas.height = Math.max(1, Math.round(high * scale));
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    if (picture.close) picture.close();
    const small = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    if (!small) throw new Error("the canvas gave no picture");
    return small;
  }

  async function keep(file) {
    let [blob, asItCame] = [file, false];
    try {
      blob = await shrunk(file);
    } catch {
      // HEIC and what else this browser cannot decode: the office can, so nothing is thrown away.
      asItCame = true;
    }
    const content = await blob.arrayBuffer();
    const type = blob.type || "application/octet-stream";
    const sha256 = await Jaidee.sha256.ofBytes(new Uint8Array(content));
    const facts = { sha256, bytes: content.byteLength, type, asItCame, state: "here" };
    await Jaidee.store.change(["photos", "photo_facts"], (of) => {
      // A copy of the bytes: what an <input> gives may point at a file that the phone moves away.
      of("photos").put({ sha256, blob: new Blob([content], { type }) });
      of("photo_facts").put(facts);
    });
    return facts;
  }

  async function picture(sha256) {
    if (!addresses.has(sha256)) {
      const kept = await Jaidee.store.get("photos", sha256);
      addresses.set(sha256, kept && SHOWN.has(kept.blob.type) ? URL.createObjectURL(kept.blob) : "");
    }
    return addresses.get(sha256);
  }

  return Object.freeze({ keep, picture });
})();
