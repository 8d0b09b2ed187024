// Sends a zip to the administrator's own route, and shows how far it has got.
const words = () => props.kit.words;
const root = new URL(window.gradio_config.root, location.href).pathname.replace(/\/$/, '');

const make = (tag, properties, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

const build = () => {
  const file = make('input', { type: 'file', accept: '.zip', id: 'admin-data-file', ariaLabel: words().file });
  const named = { placeholder: words().name, ariaLabel: words().name };
  const name = make('input', { type: 'text', id: 'admin-data-name', maxLength: 64, ...named });
  const allowed = make('input', { type: 'checkbox', id: 'admin-data-allowed' });
  const send = make('button', { type: 'button', id: 'admin-data-send', textContent: words().upload_button });
  const bar = make('progress', { max: 1, value: 0, hidden: true });
  const said = make('p', { id: 'admin-data-said' });
  const box = make('label', {}, allowed, ` ${words().may_use}`);

  file.addEventListener('change', () => {
    if (file.files.length && !name.value) {
      name.value = file.files[0].name.replace(/\.zip$/i, '').replace(/[^A-Za-z0-9_-]+/g, '_').slice(0, 64);
    }
  });

  send.addEventListener('click', () => {
    if (!file.files.length) { said.textContent = words().choose_zip; return; }
    const query = new URLSearchParams({
      name: name.value, allowed: allowed.checked ? 'yes' : 'no', language: props.kit.language,
    });
    const request = new XMLHttpRequest();
    request.open('POST', `${root}/studio/upload?${query}`);
    request.upload.addEventListener('progress', (event) => {
      bar.value = event.lengthComputable ? event.loaded / event.total : 0;
      if (bar.value === 1) said.textContent = words().taking_in;
    });
    request.addEventListener('loadend', () => {
      send.disabled = false;
      bar.hidden = true;
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { answer = { error: `${request.status}` }; }
      if (request.status === 200) {
        const count = Object.values(answer.classes).reduce((sum, one) => sum + one, 0);
        said.textContent = words().taken_in.replace('{count}', count).replace('{refused}', answer.refused_in_all);
        file.value = '';
        name.value = '';
        trigger('input', { name: answer.name });
      } else {
        said.textContent = answer.error;
      }
    });
    said.textContent = words().uploading;
    bar.hidden = false;
    send.disabled = true;
    request.send(file.files[0]);
  });
  element.querySelector('.data-upload').replaceChildren(file, name, box, send, bar, said);
};

build();
