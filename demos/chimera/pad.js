// The drawing pad. `props.value` is what is drawn: a PNG as a data URL, empty where nothing is.
const SIDE = 512;
const KEPT = 'studio.drawing';  // under which the browser remembers it
const STEPS = 20;  // that can be undone
const WIDTHS = { pen: [3, 5, 9], eraser: [16, 28, 56] };
const ICONS = {
  pen: 'M4 20l1-4L16.5 4.5a2.1 2.1 0 0 1 3 3L8 19z',
  eraser: 'M9 20H20M4 14.5L14 4.5l6 6L10.5 20H8z',
  size: 'M5 12h.01M11 12m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0M19 12m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0',
  undo: 'M9 7L4 12l5 5M4 12h10a6 6 0 0 1 6 6',
  redo: 'M15 7l5 5-5 5M20 12H10a6 6 0 0 0-6 6',
  clear: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13',
  trace: 'M3 5h18v14H3zM3 16l5-5 4 4 3-3 6 6M15.5 9h.01',
  untrace: 'M3 5h18v14H3zM8 9l8 7M16 9l-8 7',
};

const root = element.querySelector('.pad');
const paper = document.createElement('div');
const photo = document.createElement('img');
const canvas = document.createElement('canvas');
const tools = document.createElement('div');
const hint = document.createElement('p');
const brush = canvas.getContext('2d', { willReadFrequently: true });
const buttons = {};
const file = Object.assign(document.createElement('input'), { type: 'file', accept: 'image/*', hidden: true });
let tool = 'pen';
let size = 1;
let done = [];
let undone = [];
let stroke = null;
let shown = '';  // the value that the canvas shows

const stored = (change) => {
  try { return change(window.localStorage); } catch (error) { return null; }  // a private window may refuse
};
const now = () => brush.getImageData(0, 0, SIDE, SIDE);
const wipe = () => {
  brush.fillStyle = 'white';
  brush.fillRect(0, 0, SIDE, SIDE);
};
const isBlank = () => !new Uint32Array(now().data.buffer).some((pixel) => pixel !== 0xffffffff);

const remember = () => {
  done.push(now());
  if (done.length > STEPS) done.shift();
  undone = [];
};

// Tells the page what is drawn now.
const commit = () => {
  shown = isBlank() ? '' : canvas.toDataURL('image/png');
  stored((storage) => storage.setItem(KEPT, shown));
  props.value = shown;
  mark();
};

const lay = (value, then) => {
  shown = value;
  if (!value) {
    wipe();
    setTimeout(then);  // later, as with a drawing: while the page is put together it takes no new value
    return;
  }
  const image = new Image();
  image.onload = () => {
    if (shown !== value) return;  // something newer is on the pad
    wipe();
    brush.drawImage(image, 0, 0, SIDE, SIDE);
    then();
  };
  image.onerror = () => {
    if (shown === value) shown = '';
    then();
  };
  image.src = value;
};

const place = (event) => {
  const box = canvas.getBoundingClientRect();
  return [(event.clientX - box.left) * SIDE / box.width, (event.clientY - box.top) * SIDE / box.height];
};

const draw = (points) => {
  brush.strokeStyle = tool === 'pen' ? 'black' : 'white';
  brush.lineWidth = WIDTHS[tool][size];
  brush.lineCap = brush.lineJoin = 'round';
  for (const point of points) {
    const middle = [(stroke.last[0] + point[0]) / 2, (stroke.last[1] + point[1]) / 2];
    brush.beginPath();
    brush.moveTo(...stroke.middle);
    brush.quadraticCurveTo(...stroke.last, ...middle);
    brush.stroke();
    stroke.last = point;
    stroke.middle = middle;
  }
};

// A second finger means to zoom or to scroll: what the first has drawn since was not meant.
const abandon = () => {
  if (!stroke) return;
  brush.putImageData(done.pop(), 0, 0);
  stroke = null;
};

const begin = (event) => {
  if (stroke) abandon();
  else if (event.button === 0 && event.isPrimary) press(event);
};

const press = (event) => {
  event.preventDefault();
  canvas.setPointerCapture(event.pointerId);
  canvas.focus({ preventScroll: true });  // for the keys that undo
  remember();
  stroke = { pointer: event.pointerId, last: place(event), middle: place(event) };
  draw([place(event)]);
};

const move = (event) => {
  if (!stroke || stroke.pointer !== event.pointerId) return;
  const passed = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
  draw((passed.length ? passed : [event]).map(place));
};

const end = (event) => {
  if (!stroke || stroke.pointer !== event.pointerId) return;
  draw([stroke.last]);
  stroke = null;
  commit();
};

const step = (from, to) => {
  if (!from.length || stroke) return;
  to.push(now());
  brush.putImageData(from.pop(), 0, 0);
  commit();
};

const trace = (chosen) => {
  if (!chosen) return;
  if (photo.src) URL.revokeObjectURL(photo.src);
  photo.src = URL.createObjectURL(chosen);
};

const actions = {
  pen: () => { tool = 'pen'; },
  eraser: () => { tool = 'eraser'; },
  size: () => { size = (size + 1) % 3; },
  undo: () => step(done, undone),
  redo: () => step(undone, done),
  clear: () => {
    remember();
    wipe();
    tool = 'pen';
    commit();
  },
  trace: () => file.click(),
  untrace: () => {
    if (photo.src) URL.revokeObjectURL(photo.src);
    photo.removeAttribute('src');
    photo.hidden = true;
  },
};

// Shows what the tools can do now, and what they are called.
const mark = () => {
  for (const [name, button] of Object.entries(buttons)) {
    button.title = props.words[name];
    button.setAttribute('aria-label', props.words[name]);
  }
  for (const name of ['pen', 'eraser']) buttons[name].setAttribute('aria-pressed', String(tool === name));
  buttons.size.dataset.size = size;
  buttons.undo.disabled = !done.length;
  buttons.redo.disabled = !undone.length;
  buttons.clear.disabled = !shown;
  buttons.untrace.hidden = photo.hidden;
  canvas.setAttribute('aria-label', props.words.label);
  tools.setAttribute('aria-label', props.words.tools);
  if (hint.textContent) hint.textContent = props.words.trace_failed;
};

const build = () => {
  for (const name of Object.keys(ICONS)) {
    const button = Object.assign(document.createElement('button'), { type: 'button' });
    button.dataset.tool = name;
    button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[name]}"/></svg>`;
    button.addEventListener('click', () => {
      actions[name]();
      mark();
    });
    buttons[name] = button;
    tools.append(button);
  }
  paper.className = 'pad-paper';
  tools.className = 'pad-tools';
  tools.setAttribute('role', 'toolbar');
  canvas.width = canvas.height = SIDE;
  canvas.setAttribute('role', 'img');
  canvas.tabIndex = 0;
  photo.alt = '';
  photo.hidden = file.hidden = true;
  hint.setAttribute('role', 'status');
  photo.addEventListener('load', () => {
    photo.hidden = false;
    hint.textContent = '';
    mark();
  });
  photo.addEventListener('error', () => {
    actions.untrace();
    hint.textContent = props.words.trace_failed;
  });
  file.addEventListener('change', () => {
    trace(file.files[0]);
    file.value = '';
  });
  canvas.addEventListener('pointerdown', begin);
  canvas.addEventListener('pointermove', move);
  canvas.addEventListener('pointerup', end);
  canvas.addEventListener('pointercancel', abandon);
  paper.addEventListener('dragover', (event) => event.preventDefault());
  paper.addEventListener('drop', (event) => {
    event.preventDefault();
    trace(event.dataTransfer.files[0]);
  });
  root.addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'z') return;
    event.preventDefault();
    actions[event.shiftKey ? 'redo' : 'undo']();
  });
  paper.append(photo, canvas);
  root.replaceChildren(paper, tools, hint, file);
};

build();
wipe();
const kept = stored((storage) => storage.getItem(KEPT));
lay(kept === null ? props.value : kept, () => {
  if (kept !== null && shown !== props.value) props.value = shown;
  mark();
  document.dispatchEvent(new Event('studio-drawn'));
});
watch('value', () => {
  if ((props.value || '') === shown) return;
  remember();
  lay(props.value || '', () => {
    stored((storage) => storage.setItem(KEPT, shown));
    mark();
  });
});
watch('words', mark);
