// The paper of the drawing pad. It stands on the page before Gradio does, so that the pen answers at once; the pad takes
// it over with what has been drawn by then.
window.studioPaper = (() => {
  const SIDE = 512;
  const KEPT = 'studio.drawing';  // under which the browser remembers it
  const STEPS = 20;  // that can be undone
  const WIDTHS = { pen: [3, 5, 9], eraser: [16, 28, 56] };

  const canvas = Object.assign(document.createElement('canvas'), { width: SIDE, height: SIDE });
  const brush = canvas.getContext('2d', { willReadFrequently: true });
  let stroke = null;
  let done = [];
  let undone = [];

  const stored = (change) => {
    try { return change(window.localStorage); } catch (error) { return null; }  // a private window may refuse
  };
  const keep = () => stored((storage) => storage.setItem(KEPT, paper.value));
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

  const commit = () => {
    paper.value = isBlank() ? '' : canvas.toDataURL('image/png');
    keep();
    paper.onDrawn();
  };

  const lay = (value, then) => {
    paper.value = value;
    if (!value) {
      wipe();
      then();
      return;
    }
    const image = new Image();
    image.onload = () => {
      if (paper.value === value) {  // and nothing newer is drawn
        wipe();
        brush.drawImage(image, 0, 0, SIDE, SIDE);
      }
      then();
    };
    image.onerror = () => {
      if (paper.value === value) paper.value = '';
      then();
    };
    image.src = value;
  };

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * SIDE / box.width, (event.clientY - box.top) * SIDE / box.height];
  };

  const draw = (points) => {
    brush.strokeStyle = paper.tool === 'pen' ? 'black' : 'white';
    brush.lineWidth = WIDTHS[paper.tool][paper.size];
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

  // The page waits for the end of a stroke before it puts the paper elsewhere.
  const hold = (next) => {
    stroke = next;
    canvas.toggleAttribute('data-held', Boolean(next));
  };

  // A second finger means to zoom or to scroll: what the first has drawn since was not meant.
  const abandon = () => {
    if (!stroke) return;
    brush.putImageData(done.pop(), 0, 0);
    hold(null);
  };

  const press = (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    canvas.focus({ preventScroll: true });  // for the keys that undo
    remember();
    hold({ pointer: event.pointerId, last: place(event), middle: place(event) });
    draw([place(event)]);
  };

  const begin = (event) => {
    if (stroke) abandon();
    else if (event.button === 0 && event.isPrimary) press(event);
  };

  const move = (event) => {
    if (!stroke || stroke.pointer !== event.pointerId) return;
    const passed = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    draw((passed.length ? passed : [event]).map(place));
  };

  const end = (event) => {
    if (!stroke || stroke.pointer !== event.pointerId) return;
    draw([stroke.last]);
    hold(null);
    commit();
  };

  const step = (from, to) => {
    if (!from.length || stroke) return;
    to.push(now());
    brush.putImageData(from.pop(), 0, 0);
    commit();
  };

  const paper = {
    canvas,
    tool: 'pen',
    size: 1,
    value: '',  // what is drawn: a PNG as a data URL, empty where nothing is
    onDrawn: () => {},
    canUndo: () => done.length > 0,
    canRedo: () => undone.length > 0,
    undo: () => step(done, undone),
    redo: () => step(undone, done),
    clear: () => {
      remember();
      wipe();
      commit();
    },
    // Lays another drawing on the paper; this can be undone.
    replace: (value, then) => {
      remember();
      lay(value, () => {
        keep();
        then();
      });
    },
    // Lays what this browser remembers, or else what is given; `laid` tells when it is seen.
    start: (value) => {
      const kept = stored((storage) => storage.getItem(KEPT));
      paper.laid = new Promise((then) => lay(kept === null ? value : kept, then));
    },
  };

  wipe();
  canvas.addEventListener('pointerdown', begin);
  canvas.addEventListener('pointermove', move);
  canvas.addEventListener('pointerup', end);
  canvas.addEventListener('pointercancel', abandon);
  document.addEventListener('studio-boxes', (event) => event.detail.append(canvas));
  return paper;
})();
