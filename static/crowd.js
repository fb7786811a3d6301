/* Gather symbols that would cover one another into groups, and find room for those that stay.
   Pure arithmetic on the screen's pixels; loaded after symbols.js and before map.js. */
(function () {
  "use strict";
  const GAP = 3, CELL = 80, STRIDE = 4;

  /* The points of a plane, found again by where they lie; reach is at most the side of a cell. */
  function Cells(side) {
    const cells = new Map();
    const key = (x, y) => Math.floor(x / side) * 1e8 + Math.floor(y / side);
    this.add = (item) => {
      const own = key(item.x, item.y);
      if (!cells.has(own)) cells.set(own, new Set());
      cells.get(own).add(item);
    };
    this.remove = (item) => cells.get(key(item.x, item.y)).delete(item);
    this.near = (x, y) => {
      const found = [];
      for (let i = -1; i < 2; i += 1) {
        for (let j = -1; j < 2; j += 1) {
          const cell = cells.get(key(x + i * side, y + j * side));
          if (cell) for (const item of cell) found.push(item);
        }
      }
      return found;
    };
  }

  /* The diameter of a group's ring, with room for the digits of its count. */
  function sizeOf(count) {
    return 36 + 7 * Math.max(0, String(count).length - 2);
  }

  function touch(one, other) {
    const reach = (one.size + other.size) / 2 + GAP;
    return Math.abs(one.x - other.x) < reach && Math.abs(one.y - other.y) < reach;
  }

  function merged(items) {
    const sites = items.flatMap((item) => item.sites).sort((one, other) => one.order - other.order);
    const mean = (axis) => items.reduce((sum, item) => sum + item[axis] * item.sites.length, 0) / sites.length;
    return { sites: sites, x: mean("x"), y: mean("y"), size: sizeOf(sites.length) };
  }

  /* Return items of which none touches another; a group stands at the mean of its sites' places. */
  function gather(items) {
    const cells = new Cells(sizeOf(items.length) + GAP);
    const queue = items.slice(), gone = new Set();
    items.forEach(cells.add);
    for (let next = 0; next < queue.length; next += 1) {
      const item = queue[next];
      const crowd = gone.has(item) ? [] : cells.near(item.x, item.y).filter((other) => touch(item, other));
      if (crowd.length < 2) continue;
      crowd.forEach((other) => { cells.remove(other); gone.add(other); });
      const whole = merged(crowd);
      cells.add(whole);
      queue.push(whole);
    }
    return queue.filter((item) => !gone.has(item));
  }

  /* Free room on the screen: each item in turn gets the spot nearest to its place. */
  function Room() {
    const cells = new Cells(CELL), reached = new Map();
    const bare = (item, covered) => covered.every((box) => {
      const half = item.size / 2;
      return item.x <= box.min.x - half || item.x >= box.max.x + half ||
        item.y <= box.min.y - half || item.y >= box.max.y + half;
    });
    const free = (item, covered) => bare(item, covered) && cells.near(item.x, item.y).every((other) => {
      const apart = (item.size + other.size) / 2 + 0.5;
      return Math.abs(item.x - other.x) >= apart || Math.abs(item.y - other.y) >= apart;
    });

    /* True when the item found a spot so near to its place, beside the covered boxes; else it stands at its place. */
    this.take = (item, farthest, covered) => {
      const { x, y } = item.place, own = Math.round(x) + ":" + Math.round(y);
      for (let radius = reached.get(own) || 0; radius <= farthest; radius += STRIDE) {
        const spokes = Math.max(1, Math.round(radius));
        for (let spoke = 0; spoke < spokes; spoke += 1) {
          const angle = (spoke / spokes) * 2 * Math.PI;
          item.x = x + radius * Math.cos(angle);
          item.y = y + radius * Math.sin(angle);
          if (!free(item, covered)) continue;
          cells.add(item);
          reached.set(own, radius);
          return true;
        }
      }
      item.x = x;
      item.y = y;
      return false;
    };
    this.leave = (item) => {
      cells.remove(item);
      reached.delete(Math.round(item.place.x) + ":" + Math.round(item.place.y));
    };
  }

  /* How many of a group's sites bear each sign, the worst first. */
  function tally(sites, order) {
    const counted = new Map();
    for (const { look } of sites) {
      if (!counted.has(look.glyph)) counted.set(look.glyph, { look: look, count: 0 });
      counted.get(look.glyph).count += 1;
    }
    const rank = (part) => (order.indexOf(part.look.glyph) + 1) || order.length + 1;
    return Array.from(counted.values()).sort((one, other) => rank(one) - rank(other));
  }

  Object.assign(window.jaidee, { gather: gather, Room: Room, tally: tally });
})();
