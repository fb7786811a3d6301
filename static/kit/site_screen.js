/** Survey one site: who measures and how, its elements, photos, remarks, the score so far, and finishing. */
Jaidee.siteScreen = (() => {
  "use strict";

  let kit = null;

  function begin(opened) {
    kit = opened;
    Jaidee.screens.add(/^\/site\/([^/]+)$/, show);
  }

  function show(code) {
    const { make } = Jaidee.dom;
    const { say, name } = Jaidee.words;
    const site = kit.siteOf(code);
    if (!site) return { title: say("no_such_site", { code }), body: [make("a", { href: "#/" }, say("back_to_sites"))] };
    const draft = Jaidee.notes.draftOf(code);
    const state = Jaidee.listScreen.stateOf(site);
    const where = [name(site.street), kit.settingName(site.setting), kit.positionName(site.position_status)].filter(Boolean);
    const body = [
      make("p", {}, make("a", { href: "#/", class: "back" }, `← ${say("back_to_sites")}`)),
      make("p", { class: "small" }, where.join(" · ")),
      wayThere(site),
      make("p", {}, Jaidee.screens.chip(state), state === "surveyed" ? ` ${Jaidee.listScreen.days(site)}` : "", begun(site)),
      lastRecord(site),
      next(site),
      Jaidee.boxes.returned(kit, draft),
      Jaidee.place.question(kit, site, draft, () => {}),
      field(draft, "surveyor", say("your_name"), { autocomplete: "name", id: "surveyor" }),
      measuredBy(draft),
      noLongerAsked(draft),
      Jaidee.boxes.units(kit, draft),
      make("h2", {}, say("what_to_survey")),
      elements(site, draft),
      addElement(site, draft),
      make("h2", {}, say("photos_and_remarks")),
      Jaidee.photoList.of(draft, "", "", say("the_whole_site")),
      remark(draft),
      make("h2", {}, say("finish_heading")),
      finish(site, draft),
    ];
    return { title: `${site.code} ${name(site)}`, body };
  }

  /** Open the way to a site in the phone's own map app, which is told nothing but the place. */
  function wayThere({ lat, lon }) {
    if (lat === null) return null;
    const href = `https://www.google.com/maps/dir/?api=1&destination=${lat},${lon}`;
    return Jaidee.dom.make("p", {}, Jaidee.dom.make("a", { href, target: "_blank", rel: "noopener" }, Jaidee.words.say("way_there")));
  }

  /** Lead on from a site that is done to the nearest one that nobody has surveyed. */
  function next(site) {
    const { make } = Jaidee.dom;
    const { say, name, number } = Jaidee.words;
    if (["none", "surveyed", "draft", "returned"].includes(Jaidee.notes.stateOf(site.code))) return null;
    const found = Jaidee.listScreen.nextOf(site);
    if (!found) return null;
    const from = { metres: number(found.metres, 0), code: site.code };
    const metres = Number.isFinite(found.metres) ? say(found.isFromHere ? "metres_from_you" : "metres_from_site", from) : "";
    const text = [say("next_site", { site: `${found.site.code} ${name(found.site)}` }), metres].filter(Boolean).join(" · ");
    return make("p", {}, make("a", { href: Jaidee.screens.siteAddress(found.site.code), id: "next_site", class: "site" }, text));
  }

  /** Say what became of the last survey of this site on this phone, while no draft is open. */
  function lastRecord(site) {
    const { make } = Jaidee.dom;
    if (Jaidee.notes.drafts.has(site.code)) return null;
    const known = new Set([...Jaidee.notes.current(), ...Jaidee.notes.returned()]);
    const mine = [...known].filter((one) => one.site_code === site.code);
    if (!mine.length) return null;
    return make("div", { class: "note" }, ...mine.map((record) => Jaidee.queueScreen.card(record)));
  }

  /** Say how much of a site is answered when most of it is open. */
  function begun(site) {
    const open = Jaidee.listScreen.begun(site);
    return open ? ` · ${open}` : "";
  }

  /** Say who measured what a correction corrects. */
  function measuredBy(draft) {
    const { say, day } = Jaidee.words;
    const earlier = Jaidee.notes.records.get(draft.supersedes)?.sheet;
    if (!earlier) return null;
    return Jaidee.dom.make("p", { class: "small" }, say("measured_by", { who: earlier.surveyor, day: day(earlier.observed_at) }));
  }

  /** Name what the draft answers and the criteria no longer ask. */
  function noLongerAsked(draft) {
    const gone = Jaidee.notes.noLongerAsked(draft);
    return gone.length ? Jaidee.dom.make("p", { class: "note" }, Jaidee.words.say("no_longer_asked", { what: gone.join(", ") })) : null;
  }

  function field(draft, key, label, attributes) {
    const { make } = Jaidee.dom;
    const input = make("input", {
      ...{ type: "text", value: draft[key], ...attributes },
      on: {
        input: (event) => {
          draft[key] = event.target.value;
          Jaidee.notes.keep(draft);
        },
      },
    });
    return make("div", { class: "field" }, make("label", { for: attributes.id }, label), input);
  }

  function remark(draft) {
    const { make } = Jaidee.dom;
    const area = make(
      "textarea",
      {
        ...{ id: "note", rows: "3" },
        on: {
          input: (event) => {
            draft.note = event.target.value;
            Jaidee.notes.keep(draft);
          },
        },
      },
      draft.note,
    );
    return make("div", { class: "field" }, make("label", { for: "note" }, Jaidee.words.say("remarks")), area);
  }

  function elements(site, draft) {
    const { make } = Jaidee.dom;
    const { say } = Jaidee.words;
    const known = Jaidee.notes.elementsOf(site, draft);
    if (!known.length) return make("p", {}, say("no_element"));
    return make("ul", { class: "sites" }, ...known.map((element) => elementRow(site, draft, element)));
  }

  function elementRow(site, draft, element) {
    const { make } = Jaidee.dom;
    const { say } = Jaidee.words;
    const found = Jaidee.notes.understood(site, draft, element);
    const wrong = Object.keys(found.problems).length;
    return make(
      "li",
      {},
      make(
        "a",
        { href: Jaidee.screens.siteAddress(site.code, element.id), class: "site" },
        make("span", { class: "name" }, kit.elementName(element)),
        make(
          "span",
          { class: "below" },
          make("span", { class: "small" }, Jaidee.notes.progressText({ element, ...found })),
          wrong ? make("span", { class: "chip refused" }, say("answers_to_mend", { n: wrong })) : null,
          ...Jaidee.notes.forPrice(element, found).map((quantity) => make("span", { class: "small" }, kit.forPrice(quantity))),
        ),
      ),
    );
  }

  function addElement(site, draft) {
    const { make } = Jaidee.dom;
    const { say, name } = Jaidee.words;
    const kinds = Object.entries(kit.book.kinds).map(([kind, one]) => make("option", { value: kind }, name(one.name)));
    const kind = make("select", { id: "added_kind" }, ...kinds);
    const label = make("input", { id: "added_label", type: "text", autocomplete: "off", maxlength: "120" });
    const add = () => {
      const elementId = Jaidee.notes.addElement(site, draft, kind.value, label.value);
      location.hash = Jaidee.screens.siteAddress(site.code, elementId);
    };
    return make(
      "details",
      {},
      make("summary", {}, say("add_element")),
      make("div", { class: "field" }, make("label", { for: "added_kind" }, say("what_is_it")), kind),
      make("div", { class: "field" }, make("label", { for: "added_label" }, say("what_do_you_call_it")), label),
      make("button", { type: "button", id: "add", on: { click: add } }, say("add")),
    );
  }

  function finish(site, draft) {
    const { make, twice } = Jaidee.dom;
    const { say, score } = Jaidee.words;
    const told = make("div", { role: "alert", id: "finish_told" });
    const now = Jaidee.notes.standing(site, draft);
    const done = make("button", { type: "button", class: "main", id: "finish", on: { click: () => tryToFinish() } }, say("finish"));
    async function tryToFinish({ sure = false } = {}) {
      const standing = Jaidee.notes.standing(site, draft);
      const why = reasonAgainst(site, draft, standing);
      told.replaceChildren(...(why ? [make("p", { class: "wrong" }, why)] : []));
      const doubt = why || sure ? "" : doubtAbout(draft, standing);
      // one primary button at a time
      done.classList.toggle("main", !doubt);
      if (why) return;
      if (doubt) {
        const sent = asked(draft, () => tryToFinish({ sure: true }));
        told.replaceChildren(make("p", { class: "unusual" }, doubt), ...photographs(site, draft, standing), ...sent);
        return;
      }
      done.disabled = true;
      await Jaidee.notes.finish(draft);
      location.hash = "#/queue";
      Jaidee.sync.run().finally(Jaidee.screens.frame);
    }
    const drop = Jaidee.notes.drafts.has(site.code)
      ? twice(say("discard_draft"), say("discard_sure"), async () => {
          await Jaidee.notes.discard(draft);
          Jaidee.screens.again();
        })
      : null;
    return make(
      "div",
      {},
      make("ul", { class: "summary" }, ...now.elements.map((one) => summary(site, one))),
      make("p", {}, say("score_of_visit", { score: score(now.interval) })),
      make("p", { class: "small" }, say("score_of_visit_means")),
      told,
      done,
      drop,
    );
  }

  /** Ask whether a doubtful survey is to be sent as it is; one that came back needs a reason, which joins the remarks. */
  function asked(draft, send) {
    const { make } = Jaidee.dom;
    const { say } = Jaidee.words;
    const needed = Jaidee.notes.lacksReason(draft);
    const why = make("input", { id: "why_it_stays", type: "text", autocomplete: "off", maxlength: "500" });
    const first = make("p", { class: "wrong", hidden: true }, say("why_first"));
    const sure = async () => {
      first.hidden = !needed || Boolean(why.value.trim());
      if (!first.hidden) return why.focus();
      draft.note = [draft.note.trim(), why.value.trim()].filter(Boolean).join("\n");
      await Jaidee.notes.keep(draft);
      return send();
    };
    const field = needed ? make("div", { class: "field" }, make("label", { for: why.id }, say("why_it_stays")), why) : null;
    const button = make("button", { type: "button", class: "main", id: "finish_anyway", on: { click: sure } }, say("send_as_it_is"));
    return [field, first, button].filter(Boolean);
  }

  /** Lead to the photo of each failure that has none. */
  function photographs(site, draft, standing) {
    const { make } = Jaidee.dom;
    const what = (place) => Jaidee.words.say("photograph_this", { what: kit.placeName(place.join("|")) });
    const link = (place) => make("a", { href: Jaidee.screens.siteAddress(site.code, ...place), class: "back" }, what(place));
    return Jaidee.notes.unseenFailures(draft, standing).map((place) => make("p", {}, link(place)));
  }

  /** Say of one element before it is sent: how much is answered, what fails, and what is still to mend. */
  function summary(site, found) {
    const { element, problems } = found;
    const { make } = Jaidee.dom;
    const { say, name, verdictSign } = Jaidee.words;
    const fails = [...new Set(Jaidee.notes.failing(found).map(({ rule }) => name(rule.name)))];
    const mends = Object.keys(problems).map((id) =>
      make("a", { href: Jaidee.screens.siteAddress(site.code, element.id, id), class: "back wrong" }, say("mend_this", { what: name(kit.book.quantities[id].name) })),
    );
    return make(
      "li",
      {},
      make("strong", {}, kit.elementName(element)),
      `: ${Jaidee.notes.progressText(found)}`,
      fails.length ? make("p", { class: "small" }, `${verdictSign("fail")} ${name(kit.book.verdicts.fail)}: ${fails.join(", ")}`) : null,
      ...mends.map((link) => make("p", {}, link)),
    );
  }

  /** Ask why a survey should be sent that corrects nothing, leaves a note or a photo open, is nearly empty, or shows no failure. */
  function doubtAbout(draft, standing) {
    const { say } = Jaidee.words;
    const listed = (places) => places.map((place) => (place ? kit.placeName(place) : say("the_whole_site"))).join(", ");
    const noted = Jaidee.notes.unansweredNotes(draft);
    let doubt = "";
    if (Jaidee.notes.isUnchanged(draft)) doubt = say("nothing_differs");
    else if (noted.length) doubt = say("note_unanswered", { answers: listed(noted) });
    const unseen = Jaidee.notes.missingPhotos(draft);
    if (unseen.length) return `${say("photos_missing", { answers: listed(unseen) })} · ${doubt || say("without_photos")}`;
    if (doubt) return doubt;
    const failures = Jaidee.notes.unseenFailures(draft, standing).length;
    const without = failures ? `${say("failures_unseen", { n: failures })} · ${say("without_photos")}` : "";
    const few = Jaidee.notes.isNearlyEmpty(standing.counts) ? nearlyEmpty(standing) : "";
    return [few, without].filter(Boolean).join(" · ");
  }

  /** Say how few questions are answered, and of which elements none is counted. */
  function nearlyEmpty({ counts, left }) {
    const { say } = Jaidee.words;
    const others = left.length ? say("left_out", { elements: left.map(kit.elementName).join(", ") }) : "";
    return [say("nearly_empty", counts), others].filter(Boolean).join(" · ");
  }

  function reasonAgainst(site, draft, standing) {
    const { say } = Jaidee.words;
    if (!draft.surveyor.trim()) return say("name_first");
    const elsewhere = draft.place === "moved" || draft.place === "not_found";
    if (!standing.answered && !elsewhere) return say("nothing_answered");
    if (standing.answered && draft.place === "not_found") return say("measured_where");
    const unplaced = Jaidee.place.reasonAgainst(site, draft);
    if (unplaced) return unplaced;
    if (!standing.wrong.length) return "";
    return say("mend_first", { elements: standing.wrong.map(kit.elementName).join(", ") });
  }

  return Object.freeze({ begin, next });
})();
