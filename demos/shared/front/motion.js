// An animation can be stopped, and stands still from the first for visitors who have asked for less motion.
(() => {
  const SAID = {said};  // sentences by key and language
  const less = matchMedia('(prefers-reduced-motion: reduce)');

  const name = (button, held) => {
    const sentence = ((held ? SAID.said_play : SAID.said_pause) || {})[document.documentElement.lang || 'en'] || '';
    if (button.getAttribute('aria-label') === sentence && button.textContent) return;
    button.textContent = held ? '▶' : '❚❚';
    button.title = sentence;
    button.setAttribute('aria-label', sentence);
  };

  // Covers an animation with its first picture, or uncovers it.
  const show = (block) => {
    const held = block.dataset.held === 'yes';
    const image = block.querySelector('img');
    const button = block.querySelector('.motion-hold');
    const still = block.querySelector('canvas.motion-still');
    button.hidden = !image;
    name(button, held);
    if (image) image.style.visibility = held ? 'hidden' : '';
    still.hidden = !held || !image;
    if (still.hidden || !image.complete || !image.naturalWidth || still.dataset.of === image.src) return;
    still.width = image.naturalWidth;
    still.height = image.naturalHeight;
    still.getContext('2d').drawImage(image, 0, 0);
    still.dataset.of = image.src;
  };

  const equip = (block) => {
    block.dataset.held = less.matches ? 'yes' : 'no';
    const still = block.appendChild(document.createElement('canvas'));
    still.className = 'motion-still';
    const button = block.appendChild(document.createElement('button'));
    button.className = 'motion-hold';
    button.type = 'button';
    button.addEventListener('click', () => {
      block.dataset.held = block.dataset.held === 'yes' ? 'no' : 'yes';
      show(block);
    });
    block.addEventListener('load', () => show(block), true);  // of another animation in its place
  };

  const mend = () => document.querySelectorAll('.motion').forEach((block) => {
    if (!block.querySelector('.motion-hold')) equip(block);
    show(block);
  });
  new MutationObserver(mend).observe(document.documentElement, { childList: true, subtree: true });
  new MutationObserver(mend).observe(document.documentElement, { attributes: true, attributeFilter: ['lang'] });
})();
