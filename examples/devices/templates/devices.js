// Once this session has ended, wherever that was done, the page is asked for again: the answer is the login page.
const events = new EventSource("/devices/events");
events.addEventListener("ended", () => { events.close(); location.reload(); });
// A page from the back-forward cache may be older than the end of the session.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
