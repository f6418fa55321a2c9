'use strict';

// What the pages do beyond links and forms. Without this script everything still works, by whole pages.
(() => {
  const lost = document.getElementById('connection-lost');
  let timer;

  async function load(url) {
    const response = await fetch(url, { headers: { Accept: 'text/html' }, cache: 'no-store', credentials: 'same-origin' });
    if (response.redirected && new URL(response.url).pathname === '/signin') {
      location.reload();   // the session has ended: the whole page goes to sign in and comes back here
    }
    if (!response.ok) {
      throw new Error(String(response.status));
    }
    return new DOMParser().parseFromString(await response.text(), 'text/html');
  }

  // Live pages: read again what the server shows now, and change only what differs, so that nothing flickers and focus stays.
  function schedule() {
    clearTimeout(timer);
    const live = document.querySelector('[data-live]');
    if (live) {
      timer = setTimeout(refresh, Number(live.dataset.live));
    }
  }

  async function refresh() {
    if (document.hidden) {
      return;   // goes on when the page is looked at again
    }
    try {
      const fresh = await load(location.href);
      for (const id of ['content', 'alarms']) {
        const from = document.getElementById(id);
        const to = fresh.getElementById(id);
        if (from && to) {
          morph(from, to);
        }
      }
      lost.hidden = true;
    } catch {
      lost.hidden = false;
    }
    schedule();
  }

  function morph(from, to) {
    if (from.nodeType !== to.nodeType || from.nodeName !== to.nodeName) {
      from.replaceWith(document.importNode(to, true));
      return;
    }
    if (from.nodeType !== Node.ELEMENT_NODE) {
      if (from.nodeValue !== to.nodeValue) {
        from.nodeValue = to.nodeValue;
      }
      return;
    }
    for (const { name } of [...from.attributes]) {
      if (name !== 'open' && !to.hasAttribute(name)) {   // a details element that a person opened stays open
        from.removeAttribute(name);
      }
    }
    for (const { name, value } of to.attributes) {
      if (from.getAttribute(name) !== value) {
        from.setAttribute(name, value);
      }
    }
    const old = [...from.childNodes];
    const fresh = [...to.childNodes];
    fresh.forEach((child, i) => {
      if (i < old.length) {
        morph(old[i], child);
      } else {
        from.append(document.importNode(child, true));
      }
    });
    old.slice(fresh.length).forEach(child => child.remove());
  }

  // An entry that is opened fetches what it stands for, once.
  document.addEventListener('toggle', async event => {
    const details = event.target;
    if (!(details instanceof HTMLDetailsElement) || !details.open || !details.dataset.load || details.dataset.loaded) {
      return;
    }
    details.dataset.loaded = 'true';
    try {
      const resource = (await load(details.dataset.load)).getElementById('resource');
      if (resource) {
        resource.removeAttribute('id');
        details.querySelector('.loaded').append(document.importNode(resource, true));
      }
    } catch {
      delete details.dataset.loaded;   // the links in it still lead there
    }
  }, true);

  // "Show more" appends the next page; a day that goes on joins the day that stands there.
  document.addEventListener('click', async event => {
    const more = event.target.closest('a[data-more]');
    if (!more || event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    }
    event.preventDefault();
    try {
      const page = await load(more.href);
      const list = document.getElementById(more.dataset.more);
      const days = [...page.getElementById(more.dataset.more).children];
      const last = list.lastElementChild;
      if (last && days.length > 0 && days[0].dataset.day === last.dataset.day) {
        const joined = days.shift();
        joined.querySelectorAll('details').forEach(item => last.append(document.importNode(item, true)));
      }
      list.append(...days.map(day => document.importNode(day, true)));
      const next = page.querySelector('a[data-more]');
      if (next) {
        more.href = next.getAttribute('href');
      } else {
        more.remove();
      }
    } catch {
      location.href = more.href;
    }
  });

  // Empty filters stay out of the address.
  document.addEventListener('submit', event => {
    const form = event.target;
    if (form.method === 'get') {
      const empty = [...form.elements].filter(field => field.name && field.value === '');
      empty.forEach(field => { field.disabled = true; });
      setTimeout(() => empty.forEach(field => { field.disabled = false; }));
    }
  });

  // Questions of a form are asked when the answers before ask for them; what is not asked is not sent.
  function answersTo(form, question) {
    const name = `answer.${question}`;
    return [...form.elements].filter(field => field.name === name && !field.matches(':disabled') && field.value.trim() !== ''
      && (field.checked || (field.type !== 'radio' && field.type !== 'checkbox'))).map(field => field.value.trim());
  }

  function holds(form, [question, operator, expected]) {
    const answers = answersTo(form, question);
    if (operator === 'exists') {
      return (answers.length > 0) === (expected === 'true');
    }
    return answers.some(answer => {
      const numbers = !isNaN(answer) && !isNaN(expected);
      const [left, right] = numbers ? [Number(answer), Number(expected)] : [answer, expected];
      return { '=': left === right, '!=': left !== right, '>': left > right, '<': left < right, '>=': left >= right, '<=': left <= right }[operator];
    });
  }

  function ask(form) {
    for (const question of form.querySelectorAll('fieldset[data-when]')) {
      const conditions = JSON.parse(question.dataset.when);
      const asked = question.dataset.all ? conditions.every(c => holds(form, c)) : conditions.some(c => holds(form, c));
      question.hidden = !asked;
      question.disabled = !asked;
      question.querySelectorAll('[data-required]').forEach(field => { field.required = asked; });
    }
  }

  const questions = document.getElementById('follow-up-form');
  if (questions) {
    questions.addEventListener('input', () => ask(questions));
    ask(questions);
  }

  // "/" goes to the search box, as in other tools.
  document.addEventListener('keydown', event => {
    const search = document.querySelector('[data-search]');
    if (event.key === '/' && search && !event.target.closest('input, textarea, select')) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  });

  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && document.querySelector('[data-live]')) {
      clearTimeout(timer);
      refresh();
    }
  });

  schedule();
})();
