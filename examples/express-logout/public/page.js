// Asks the three routes and shows what they answer.
const part = (id) => document.getElementById(id);
const say = (text) => { part('said').textContent = text; };

async function show() {
  const answer = await fetch('/api/auth/me');
  const user = answer.ok ? await answer.json() : null;
  part('name').textContent = user ? user.username : '';
  part('user').hidden = !user;
  part('login').hidden = !!user;
}

part('login').addEventListener('submit', async (event) => {
  event.preventDefault();
  const answer = await fetch('/api/auth/login', {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: new URLSearchParams(new FormData(event.target)),
  });
  const said = await answer.json();
  say(answer.ok ? '' : said.detail ?? said.title);
  part('password').value = '';
  await show();
});

part('logout').addEventListener('click', async () => {
  const answer = await fetch('/api/auth/logout', { method: 'DELETE' });
  say(await answer.text());
  await show();
});

// Also when the browser takes the page out of its memory, by the back button.
addEventListener('pageshow', show);
