// What the browser keeps beside the cookie, as the PocketBase SDK does: who is signed in, but no token. Scripts cannot read that.
const authStore = {
  save: (record) => localStorage.setItem('pocketbase_auth', JSON.stringify({ record })),
  clear: () => localStorage.removeItem('pocketbase_auth'),
};

// The page says who is signed in; what is kept follows, also after a logout that no script saw.
const email = document.body.dataset.email;
if (email) authStore.save({ email }); else authStore.clear();

// Complete logout handling. Without this script the form itself signs out.
async function handleLogout(event) {
  event.preventDefault();
  const answer = await fetch('/logout', { method: 'POST' });
  if (!answer.ok) {
    alert('You are still signed in. Please try again.');
    return;
  }
  authStore.clear();
  // The back button shows the page as it was left.
  document.body.replaceChildren();
  window.location.href = answer.url;
}
for (const form of document.querySelectorAll('form.sign-out')) form.addEventListener('submit', handleLogout);

// A page out of the browser's memory may be that of somebody who has signed out since.
addEventListener('pageshow', (event) => {
  if (email && event.persisted) location.reload();
});

// Signed out in another tab: this one asks again who is there.
addEventListener('storage', (event) => {
  if (email && event.key === 'pocketbase_auth' && !event.newValue) location.reload();
});
