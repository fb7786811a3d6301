/** Take photos of one thing, and show those taken: a person in it, a remark, taken away again. */
Jaidee.photoList = (() => {
  "use strict";

  /** Return the photos of one question, one element, or the whole site (both empty), with the button that takes more. */
  function of(draft, elementId, quantity, what) {
    const { make } = Jaidee.dom;
    const { say } = Jaidee.words;
    const told = make("p", { class: "small", role: "status" });
    const rows = make("ul", { class: "photos" });
    const mine = () => draft.photos.filter((one) => one.element_id === elementId && one.quantity === quantity);
    const fill = () => rows.replaceChildren(...mine().map((photo, place) => row(draft, photo, place + 1, what, fill)));
    const id = `photo_${elementId}_${quantity}`.replaceAll(".", "_");
    const input = make("input", {
      ...{ type: "file", id, accept: "image/*", capture: "environment", multiple: true, class: "unseen" },
      on: { change: (event) => take(event.target).catch((fault) => (told.textContent = say("photo_not_kept", { why: fault.message }))) },
    });
    async function take(field) {
      const files = [...field.files];
      told.textContent = say("keeping_photo");
      const sentences = [];
      for (const file of files) {
        const kept = await Jaidee.notes.addPhoto(draft, file, elementId, quantity);
        if (kept.again) sentences.push(say("photo_again"));
        else if (kept.asItCame) sentences.push(say("photo_as_it_came"));
      }
      field.value = "";
      told.textContent = sentences[0] || say("photos_kept", { n: mine().length });
      fill();
    }
    fill();
    const seen = say(quantity ? "photo_of_this" : "photo_of_all", { what });
    // The label that is heard begins with the one that is seen, and tells the questions apart.
    input.setAttribute("aria-label", quantity ? `${seen}: ${what}` : seen);
    const label = make("label", { for: id, class: "button" }, seen);
    return make("div", { class: "photo-box" }, input, label, told, rows);
  }

  function row(draft, photo, number, what, fill) {
    const { make, twice } = Jaidee.dom;
    const { say } = Jaidee.words;
    const image = make("img", { alt: say("photo_n", { n: number, what }), class: "thumb", hidden: true });
    const unseen = make("p", { class: "small", hidden: true }, say("photo_not_shown"));
    Jaidee.photos.picture(photo.sha256).then((address) => {
      if (address) image.src = address;
      image.hidden = !address;
      unseen.hidden = Boolean(address);
    });
    const id = `person_${photo.sha256.slice(0, 12)}`;
    const person = make("input", {
      ...{ type: "checkbox", id, checked: photo.contains_person },
      on: {
        change: (event) => {
          photo.contains_person = event.target.checked;
          Jaidee.notes.keep(draft);
        },
      },
    });
    const remark = make("input", {
      ...{ type: "text", id: `${id}_caption`, value: photo.caption, autocomplete: "off", maxlength: "300" },
      on: {
        input: (event) => {
          photo.caption = event.target.value;
          Jaidee.notes.keep(draft);
        },
      },
    });
    const away = twice(say("remove_photo", { n: number }), say("remove_photo_sure"), async () => {
      draft.photos = draft.photos.filter((one) => one !== photo);
      await Jaidee.notes.keep(draft);
      fill();
    });
    return make(
      "li",
      {},
      image,
      unseen,
      make("label", { class: "check" }, person, say("person_visible", { n: number })),
      make("div", { class: "field" }, make("label", { for: `${id}_caption` }, say("photo_remark", { n: number })), remark),
      away,
    );
  }

  return Object.freeze({ of });
})();
