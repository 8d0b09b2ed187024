// The creature builder. `props.value` is what the visitor has put where; each change is drawn here at once.
const MOST = 12;
const KEPT = 'studio.creature';  // under which the browser remembers it
const root = () => element.querySelector('.builder');
const parts = new Map(props.kit.parts.map((part) => [part.name, part]));
let placed = [];
let chosen = null;
let sentAt = 0;

const stored = (change) => {
  try { return change(window.localStorage); } catch (error) { return null; }  // a private window may refuse
};

const send = () => {
  sentAt = Date.now();
  const value = placed.map((one) => ({ ...one }));
  stored((storage) => storage.setItem(KEPT, JSON.stringify(value)));
  props.value = value;
};

// Takes up what was built before the page was loaded, as far as its parts are still known.
const restore = () => {
  const kept = stored((storage) => JSON.parse(storage.getItem(KEPT)));
  const known = (all) => all.filter((one) => one && parts.has(one.part)).slice(0, MOST);
  placed = known(Array.isArray(kept) ? kept : props.value || []);
  if (Array.isArray(kept)) send();
};

// What was there before each change, the last at the end.
const before = [];
const note = () => {
  before.push(JSON.stringify(placed));
  if (before.length > 50) before.shift();
};
const undo = () => {
  placed = JSON.parse(before.pop());
  chosen = null;
  draw();
  send();
};

const change = (edit) => {
  note();
  edit();
  draw();
  send();
};

const transform = (one) => {
  const part = parts.get(one.part);
  const size = `scale(${one.mirror ? -one.scale : one.scale} ${one.scale})`;
  return `translate(${part.x + one.x} ${part.y + one.y}) rotate(${one.turn}) ${size} translate(${-part.x} ${-part.y})`;
};

const add = (name, where = {}) => {
  if (placed.length >= MOST) return;
  const one = { part: name, x: 0, y: 0, scale: 1, turn: 0, mirror: false, ...where };
  const rank = parts.get(name).rank;
  const before = placed.findIndex((other) => parts.get(other.part).rank > rank);
  placed.splice(before < 0 ? placed.length : before, 0, one);
  chosen = one;
};

const ofRank = (...ranks) => [...parts.values()].filter((part) => ranks.includes(part.rank)).map((part) => part.name);
const any = (names) => names[Math.floor(Math.random() * names.length)];

const surprise = () => {
  placed = [];
  const body = any(ofRank(1));
  if (body !== 'fish_body' && body !== 'bird_body') add(any(ofRank(0)));
  add(body);
  if (Math.random() < 0.5) add('wing');
  if (Math.random() < 0.3) add(any(ofRank(3)));
  add(any(ofRank(4)));
  if (Math.random() < 0.25) add(any(ofRank(4)), { x: 14, y: -4, scale: 0.85, turn: 12 });
  chosen = null;
};

const within = (value, low, high) => Math.min(high, Math.max(low, value));

const actions = {
  larger: () => { chosen.scale = within(chosen.scale * 1.12, 0.2, 4); },
  smaller: () => { chosen.scale = within(chosen.scale / 1.12, 0.2, 4); },
  turn_left: () => { chosen.turn = (chosen.turn - 10) % 360; },
  turn_right: () => { chosen.turn = (chosen.turn + 10) % 360; },
  mirror: () => { chosen.mirror = !chosen.mirror; },
  to_front: () => { placed = [...placed.filter((one) => one !== chosen), chosen]; },
  remove: () => { placed = placed.filter((one) => one !== chosen); chosen = null; },
};
const signs = {
  larger: '+', smaller: '−', turn_left: '↺', turn_right: '↻', mirror: '⇋', to_front: '⤒', remove: '✕',
};

const button = (key, sign, action, needsPart) => {
  const made = document.createElement('button');
  made.type = 'button';
  made.dataset.action = key;
  made.textContent = sign;
  made.title = props.kit.words[key];
  made.setAttribute('aria-label', props.kit.words[key]);
  made.disabled = (needsPart && !chosen) || (action === undo && !before.length);
  // To undo is no change that could be undone.
  made.addEventListener('click', () => (action === undo ? undo() : change(action)));
  return made;
};

const svg = (box) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}">`;

const palette = () => {
  const strip = document.createElement('div');
  strip.className = 'builder-parts';
  for (const part of parts.values()) {
    const made = document.createElement('button');
    made.type = 'button';
    made.dataset.part = part.name;
    made.title = props.kit.words[part.name];
    made.setAttribute('aria-label', props.kit.words[part.name]);
    made.innerHTML = `${svg(part.box.join(' '))}<g class="ink">${part.svg}</g></svg>`;
    made.addEventListener('click', () => change(() => add(part.name)));
    strip.append(made);
  }
  return strip;
};

// Fingers and mouse on the canvas: one drags, two scale and turn.
const fingers = new Map();
let grip = null;

const spread = () => {
  const [one, two] = [...fingers.values()];
  return { length: Math.hypot(two.x - one.x, two.y - one.y), angle: Math.atan2(two.y - one.y, two.x - one.x) };
};

const takeHold = () => {
  const [first] = fingers.values();
  const noted = grip !== null && grip.noted;
  grip = { ...first, noted, part: { ...chosen }, spread: fingers.size === 2 ? spread() : null };
};

const hold = (event) => {
  const hit = event.target.closest('[data-number]');
  if (fingers.size === 0) {
    chosen = hit ? placed[Number(hit.dataset.number)] : null;
    mark();
  }
  if (!chosen) return;
  event.preventDefault();
  fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  if (fingers.size <= 2) takeHold();
};

const move = (event) => {
  if (!fingers.has(event.pointerId) || !chosen || !grip) return;
  fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  if (!grip.noted) note();
  grip.noted = true;
  if (grip.spread && fingers.size === 2) {
    const now = spread();
    chosen.scale = within(grip.part.scale * now.length / Math.max(grip.spread.length, 1), 0.2, 4);
    chosen.turn = (grip.part.turn + (now.angle - grip.spread.angle) * 180 / Math.PI) % 360;
  } else {
    const side = element.querySelector('.builder-canvas').getBoundingClientRect().width;
    chosen.x = within(grip.part.x + (event.clientX - grip.x) * 100 / side, -100, 100);
    chosen.y = within(grip.part.y + (event.clientY - grip.y) * 100 / side, -100, 100);
  }
  place();
  if (Date.now() - sentAt > 250) send();
};

const release = (event) => {
  if (!fingers.delete(event.pointerId)) return;
  if (fingers.size) takeHold();
  else {
    grip = null;
    mark();
    send();
  }
};

const keys = (event) => {
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  if (event.key === ' ' && placed.length) {
    event.preventDefault();
    chosen = placed[(placed.indexOf(chosen) + 1) % placed.length];
    mark();
  }
  if (event.key === 'z' && (event.ctrlKey || event.metaKey) && before.length) {
    event.preventDefault();
    undo();
    element.querySelector('.builder-canvas').focus();
  }
  if (!chosen) return;
  if (steps[event.key]) {
    event.preventDefault();
    change(() => { chosen.x += steps[event.key][0]; chosen.y += steps[event.key][1]; });
  } else if (event.key === 'Delete' || event.key === 'Backspace') {
    event.preventDefault();
    change(actions.remove);
  }
  element.querySelector('.builder-canvas').focus();
};

// Below its ink each part has a wide invisible line for fingers to take hold of.
const drawn = () => placed.map((one, number) => {
  const ink = parts.get(one.part).svg;
  return `<g data-number="${number}" class="ink${one === chosen ? ' chosen' : ''}" transform="${transform(one)}">
    <g class="grip">${ink}</g>${ink}</g>`;
}).join('');

// Shows which part is chosen; what is under a finger must not be made anew.
const mark = () => {
  element.querySelectorAll('[data-number]').forEach((group) => {
    group.classList.toggle('chosen', placed[Number(group.dataset.number)] === chosen);
  });
  for (const key of Object.keys(signs)) element.querySelector(`[data-action=${key}]`).disabled = !chosen;
  element.querySelector('[data-action=undo]').disabled = !before.length;
};

// Moves what is there; `draw` makes it anew.
const place = () => {
  element.querySelectorAll('[data-number]').forEach((group) => {
    group.setAttribute('transform', transform(placed[Number(group.dataset.number)]));
  });
};

const draw = () => {
  const canvas = document.createElement('div');
  canvas.className = 'builder-canvas';
  canvas.tabIndex = 0;
  canvas.setAttribute('role', 'application');
  canvas.setAttribute('aria-label', props.kit.words.canvas);
  canvas.innerHTML = `${svg('0 0 100 100')}${drawn()}</svg>${placed.length ? '' : `<p>${props.kit.words.hint}</p>`}`;
  canvas.addEventListener('pointerdown', hold);
  canvas.addEventListener('keydown', keys);
  canvas.addEventListener('wheel', (event) => {
    if (!chosen) return;
    event.preventDefault();
    change(event.deltaY < 0 ? actions.larger : actions.smaller);
  }, { passive: false });
  const tools = document.createElement('div');
  tools.className = 'builder-tools';
  for (const [key, sign] of Object.entries(signs)) tools.append(button(key, sign, actions[key], true));
  tools.append(button('undo', '↶', undo, false));
  tools.append(button('surprise', props.kit.words.surprise, surprise, false));
  tools.append(button('start_over', props.kit.words.start_over, () => { placed = []; chosen = null; }, false));
  const strip = element.querySelector('.builder-parts');
  const scrolled = strip ? strip.scrollLeft : 0;
  const held = element.contains(document.activeElement) ? document.activeElement.dataset : {};
  root().replaceChildren(canvas, tools, palette());
  const again = ['action', 'part'].filter((key) => held[key]).map((key) => `[data-${key}="${held[key]}"]`)[0];
  if (again) element.querySelector(again).focus();  // whoever uses keys goes on where they were
  element.querySelector('.builder-parts').scrollLeft = scrolled;
};

window.addEventListener('pointermove', move);
window.addEventListener('pointerup', release);
window.addEventListener('pointercancel', release);
watch('kit', draw);
restore();
draw();
