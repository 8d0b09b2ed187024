// Lets a picture of a sheet be chosen with the arrow keys: Gradio asks only where a mouse has pressed.
(() => {
  const CELLS = { '.sheet': 128, '.scat-sheet': 128, '.points': 32 };  // pixels of the sheet that a key goes over
  const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  // Where a sheet lies on the page, without the margins of a picture that keeps its shape, and how its cells do.
  const laid = (button, side) => {
    const image = button.querySelector('img');
    if (!image || !image.naturalWidth) return null;
    const box = image.getBoundingClientRect();
    const scale = Math.min(box.width / image.naturalWidth, box.height / image.naturalHeight);
    return {
      left: box.left + (box.width - scale * image.naturalWidth) / 2,
      top: box.top + (box.height - scale * image.naturalHeight) / 2,
      cell: scale * side,
      count: [image.naturalWidth, image.naturalHeight].map((length) => Math.max(1, Math.round(length / side))),
    };
  };

  const sheetOf = (target) => {
    const button = target instanceof Element && target.closest('.image-container > button, .image-frame, button');
    const found = button && Object.keys(CELLS).find((name) => button.closest(name) && button.querySelector('img'));
    return found ? { button, block: button.closest(found), side: CELLS[found] } : null;
  };

  const at = (block) => [Number(block.dataset.column || 0), Number(block.dataset.row || 0)];

  const show = ({ button, block, side }) => {
    const place = laid(button, side);
    if (!place) return;
    const mark = block.querySelector('.cell-mark') || block.appendChild(document.createElement('div'));
    mark.className = 'cell-mark';
    mark.setAttribute('role', 'status');
    const [column, row] = at(block).map((number, axis) => Math.min(number, place.count[axis] - 1));
    const box = block.getBoundingClientRect();
    Object.assign(mark.style, {
      left: `${place.left - box.left + column * place.cell}px`,
      top: `${place.top - box.top + row * place.cell}px`,
      width: `${place.cell}px`,
      height: `${place.cell}px`,
    });
    const names = block.parentElement.querySelectorAll('.sheet-names > div');
    const name = names[row] ? names[row].textContent : row + 1;
    mark.innerHTML = '<span></span>';
    mark.firstChild.textContent = `${name}, ${column + 1}`;
  };

  document.addEventListener('keydown', (event) => {
    const sheet = sheetOf(event.target);
    const place = sheet && laid(sheet.button, sheet.side);
    if (!place || event.ctrlKey || event.metaKey || event.altKey) return;
    const [column, row] = at(sheet.block).map((number, axis) => Math.min(number, place.count[axis] - 1));
    if (event.key in MOVES) {
      const [right, down] = MOVES[event.key];
      sheet.block.dataset.column = Math.min(place.count[0] - 1, Math.max(0, column + right));
      sheet.block.dataset.row = Math.min(place.count[1] - 1, Math.max(0, row + down));
      show(sheet);
    } else if (event.key === 'Enter' || event.key === ' ') {
      if (event.repeat) return event.preventDefault();
      const [clientX, clientY] = [place.left + (column + 0.5) * place.cell, place.top + (row + 0.5) * place.cell];
      sheet.button.dispatchEvent(new MouseEvent('click', { view: window, bubbles: true, clientX, clientY }));
    } else return;
    event.preventDefault();  // no page scrolls, and no press without a place follows
  });
  document.addEventListener('focusin', (event) => {
    const sheet = sheetOf(event.target);
    if (sheet && event.target.matches(':focus-visible')) show(sheet);
  });
  document.addEventListener('focusout', (event) => {
    const sheet = sheetOf(event.target);
    const mark = sheet && sheet.block.querySelector('.cell-mark');
    if (mark) mark.remove();
  });
})();
