// The drawing pad: tools around the paper, which stands on the page already. `props.value` is what is drawn: a PNG as a
// data URL, empty where nothing is.
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
const drawing = window.studioPaper;
const paper = document.createElement('div');
const photo = document.createElement('img');
const tools = document.createElement('div');
const hint = document.createElement('p');
const buttons = {};
const file = Object.assign(document.createElement('input'), { type: 'file', accept: 'image/*', hidden: true });

const trace = (chosen) => {
  if (!chosen) return;
  if (photo.src) URL.revokeObjectURL(photo.src);
  photo.src = URL.createObjectURL(chosen);
};

const actions = {
  pen: () => { drawing.tool = 'pen'; },
  eraser: () => { drawing.tool = 'eraser'; },
  size: () => { drawing.size = (drawing.size + 1) % 3; },
  undo: drawing.undo,
  redo: drawing.redo,
  clear: () => {
    drawing.tool = 'pen';
    drawing.clear();
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
  for (const name of ['pen', 'eraser']) buttons[name].setAttribute('aria-pressed', String(drawing.tool === name));
  buttons.size.dataset.size = drawing.size;
  buttons.undo.disabled = !drawing.canUndo();
  buttons.redo.disabled = !drawing.canRedo();
  buttons.clear.disabled = !drawing.value;
  buttons.untrace.hidden = photo.hidden;
  drawing.canvas.setAttribute('aria-label', props.words.label);
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
  drawing.canvas.setAttribute('role', 'img');
  drawing.canvas.tabIndex = 0;
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
  paper.append(photo);
  root.replaceChildren(paper, tools, hint, file);
};

// Takes the paper from where it stood, with the keyboard's focus.
const take = () => {
  const focused = document.activeElement === drawing.canvas;
  paper.append(drawing.canvas);
  if (focused) drawing.canvas.focus({ preventScroll: true });
};

build();
if (document.documentElement.classList.contains('studio-ready')) take();
else document.addEventListener('studio-ready', take, { once: true });
drawing.onDrawn = () => {
  props.value = drawing.value;
  mark();
};
// Later: while the page is put together it takes no new value.
drawing.laid.then(() => setTimeout(() => {
  if (drawing.value !== props.value) props.value = drawing.value;
  mark();
  document.dispatchEvent(new Event('studio-drawn'));
}));
watch('value', () => {
  if ((props.value || '') !== drawing.value) drawing.replace(props.value || '', mark);
});
watch('words', mark);
