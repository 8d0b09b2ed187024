// What Gradio's components lack for people who use no mouse, no eyes, or another language than the browser.
(() => {
  const SAID = {said};  // sentences by key and language
  const STEP = 0.05;  // of the width, an arrow key

  // Moves the handle of a slider between two pictures as a mouse would.
  const move = (handle, share) => {
    const box = handle.closest('.slider-wrap').getBoundingClientRect();
    const grip = handle.getBoundingClientRect();
    const from = grip.left + grip.width / 2;
    const to = Math.min(box.right, Math.max(box.left, from + share * box.width));
    const mouse = (kind, x) => new MouseEvent(kind, { view: window, bubbles: true, clientX: x, clientY: grip.top });
    handle.dispatchEvent(mouse('mousedown', from));
    window.dispatchEvent(mouse('mousemove', to));
    window.dispatchEvent(mouse('mouseup', to));
  };

  // Says where the handle of a slider between two pictures is; one that is not seen is nowhere.
  const value = (handle) => {
    const box = handle.closest('.slider-wrap').getBoundingClientRect();
    const grip = handle.getBoundingClientRect();
    const share = box.width && (grip.left + grip.width / 2 - box.left) / box.width;
    handle.setAttribute('aria-valuenow', String(Math.round(100 * Math.min(1, Math.max(0, share)))));
  };
  const values = () => setTimeout(() => document.querySelectorAll('.slider-wrap [role="slider"]').forEach(value), 50);
  for (const kind of ['mouseup', 'touchend', 'focusin']) window.addEventListener(kind, values);

  const keys = { ArrowLeft: -STEP, ArrowDown: -STEP, ArrowRight: STEP, ArrowUp: STEP, Home: -1, End: 1 };

  const tell = (node, key) => {
    const sentence = (SAID[key] || {})[document.documentElement.lang || 'en'];
    if (node && sentence && node.data.trim() !== sentence) node.data = ` ${sentence} `;
  };
  const texts = (element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) if (walker.currentNode.data.trim()) found.push(walker.currentNode);
    return found;
  };
  // Gradio's own words, and what was said before the language was changed.
  const speak = () => {
    document.querySelectorAll('[data-testid="upload-text"]').forEach((element) => {
      texts(element).forEach((node, place) => tell(node, ['gradio_drop', 'gradio_or', 'gradio_click'][place]));
    });
    document.querySelectorAll('.toast-title').forEach((element) => {
      const keys = { error: 'gradio_error', warning: 'gradio_warning', info: 'gradio_info' };
      const kind = Object.keys(keys).find((name) => element.classList.contains(name));
      tell(texts(element)[0], keys[kind]);
    });
    document.querySelectorAll('[data-testid="status-tracker"] .error').forEach((element) => {
      tell(texts(element)[0], 'gradio_error');
    });
    const named = (SAID.said_compare || {})[document.documentElement.lang || 'en'];
    document.querySelectorAll('.slider-wrap [role="slider"]').forEach((handle) => {
      if (named && handle.getAttribute('aria-label') !== named) handle.setAttribute('aria-label', named);
    });
    document.querySelectorAll('.toast-text').forEach((element) => texts(element).forEach((node) => {
      if (Object.values(SAID.gradio_lost || {}).includes(node.data.trim())) tell(node, 'gradio_lost');
    }));
    document.querySelectorAll('.said').forEach((element) => texts(element).forEach((node) => {
      tell(node, Object.keys(SAID).find((key) => Object.values(SAID[key]).includes(node.data.trim())));
    }));
  };

  const mend = () => {
    speak();
    // Our server's sentence follows the number of its answer.
    document.querySelectorAll('.toast-body *').forEach((text) => {
      const said = text.textContent;
      if (!text.children.length && /^HTTP \d{3}: /.test(said)) text.textContent = said.replace(/^HTTP \d{3}: /, '');
    });
    document.querySelectorAll('.empty[aria-label]:not([role])').forEach((box) => box.setAttribute('role', 'img'));
    document.querySelectorAll('.image-container > button:not([aria-label])').forEach((button) => {
      const label = button.closest('.block').querySelector('label');
      if (label) button.setAttribute('aria-label', label.textContent.trim());
    });
    document.querySelectorAll('.said:not([role]), #rep-unknown:not([role])').forEach((element) => {
      element.setAttribute('role', 'status');
    });
    document.querySelectorAll('.thumbnail-item .caption-label').forEach((caption) => {
      const button = caption.closest('.thumbnail-item'), name = caption.textContent.trim();
      if (name && button.title !== name) {
        button.title = name;
        button.setAttribute('aria-label', name);
      }
    });
    document.querySelectorAll('button[aria-label=""]').forEach((button) => button.setAttribute('aria-label', 'Image'));
    document.querySelectorAll('.slider-wrap .inner:not([role])').forEach((handle) => {
      const bounds = { role: 'slider', tabindex: '0', 'aria-valuemin': '0', 'aria-valuemax': '100' };
      for (const [name, bound] of Object.entries(bounds)) handle.setAttribute(name, bound);
      speak();
      value(handle);
      handle.addEventListener('keydown', (event) => {
        if (!(event.key in keys)) return;
        event.preventDefault();
        move(handle, keys[event.key]);
      });
    });
  };
  new MutationObserver(mend).observe(document.documentElement, { childList: true, characterData: true, subtree: true });
  new MutationObserver(speak).observe(document.documentElement, { attributes: true, attributeFilter: ['lang'] });
})();
