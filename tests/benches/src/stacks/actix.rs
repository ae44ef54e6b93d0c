//! actix-web: bare, under passport, and under actix-session with actix-identity.

use std::{hint::black_box, rc::Rc, sync::Arc};

use actix_identity::{Identity, IdentityMiddleware};
use actix_session::{SessionMiddleware, storage::CookieSessionStore};
use actix_web::{
    App, Error, HttpMessage, HttpRequest,
    body::MessageBody,
    cookie::Key,
    dev::{Service, ServiceFactory, ServiceRequest, ServiceResponse},
    error::ErrorUnauthorized,
    http::header::COOKIE as COOKIE_HEADER,
    test::{self, TestRequest},
    web::{self, Data, ReqData, ServiceConfig},
};
use passport_actix::{Auth, CurrentUser, passport};
use passport_core::Passport;
use passport_cost::{
    drive::{Stack, now, runtime},
    floor::Floor,
    requests::{HEADERS, Route},
    users::{User, Users},
};
use passport_session::Sessions;
use tokio::runtime::Runtime;

use super::{COOKIE, VISITORS};

/// An actix app, called without a server.
pub struct Actix<S> {
    service: Rc<S>,
    cookies: Vec<String>,
    turn: usize,
    ready: Vec<actix_http::Request>,
    runtime: Runtime,
}

impl Actix<()> {
    /// The routes without any middleware.
    pub fn bare(users: &Users) -> impl Stack + use<> {
        let app = App::new().app_data(Data::new(users.clone())).configure(|app| {
            app.route("/public", web::get().to(public));
            app.route("/me", web::get().to(async || String::from("user-0000000")));
            app.route(
                "/login",
                web::post().to(async |users: Data<Users>| {
                    drop(black_box(users.next()));
                    ""
                }),
            );
        });
        Actix::over(app, vec![COOKIE.to_owned()])
    }

    /// Under passport, sessions in memory.
    pub fn passport(users: &Users) -> impl Stack + use<> {
        let made =
            Passport::builder(users.clone(), Sessions::in_memory()).build().expect("settings that work");
        let app =
            App::new().wrap(passport(made)).app_data(Data::new(users.clone())).configure(passport_routes);
        Actix::logged_in(app)
    }

    /// Under the hand-written layer, which has no login.
    pub fn floor(users: &Users) -> impl Stack + use<> {
        let floor = Floor::default();
        let cookie = |_| floor.log_in(users.next()).to_str().expect("digits").to_owned();
        let cookies = (0..VISITORS).map(cookie).collect();
        let app = App::new().app_data(Data::new(users.clone())).configure(|app| {
            app.route("/public", web::get().to(public));
            app.route("/me", web::get().to(async |user: ReqData<Arc<User>>| user.name.clone()));
        });
        let app = app.wrap_fn(move |req, inner| {
            let cookie = req.headers().get(COOKIE_HEADER);
            if let Some(user) = cookie.and_then(|cookie| floor.find(cookie.as_bytes())) {
                req.extensions_mut().insert(user);
            }
            inner.call(req)
        });
        Actix::over(app, cookies)
    }

    /// Under the peers, sessions in the cookie: they have none in memory.
    pub fn identity(users: &Users) -> impl Stack + use<> {
        let app = App::new()
            .wrap(IdentityMiddleware::default())
            .wrap(SessionMiddleware::new(CookieSessionStore::default(), Key::from(&[7; 64])))
            .app_data(Data::new(users.clone()))
            .configure(identity_routes);
        Actix::logged_in(app)
    }
}

/// The routes under passport.
pub fn passport_routes(app: &mut ServiceConfig) {
    app.route("/public", web::get().to(public));
    app.route("/me", web::get().to(async |CurrentUser(user): CurrentUser<User>| user.name.clone()));
    app.route(
        "/login",
        web::post().to(async |users: Data<Users>, auth: Auth<User>| {
            auth.login(users.next()).await.map_err(passport_actix::Error::from)?;
            Ok::<_, passport_actix::Error>("")
        }),
    );
}

/// The routes under the peers.
pub fn identity_routes(app: &mut ServiceConfig) {
    app.route("/public", web::get().to(public));
    app.route(
        "/me",
        web::get().to(async |identity: Identity, users: Data<Users>| {
            let id = identity.id().map_err(ErrorUnauthorized)?;
            let user = id.parse().ok().and_then(|id| users.get(id));
            user.map(|user| user.name.clone()).ok_or_else(|| ErrorUnauthorized("nobody"))
        }),
    );
    app.route(
        "/login",
        web::post().to(async |users: Data<Users>, request: HttpRequest| {
            Identity::login(&request.extensions(), users.next().id.to_string())?;
            Ok::<_, Error>("")
        }),
    );
}

pub async fn public() -> &'static str {
    "ok"
}

impl Actix<()> {
    fn over<F, B>(
        app: App<F>,
        cookies: Vec<String>,
    ) -> Actix<impl Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error>>
    where
        F: ServiceFactory<
                ServiceRequest,
                Config = (),
                Response = ServiceResponse<B>,
                Error = Error,
                InitError = (),
            > + 'static,
        B: MessageBody + 'static,
    {
        let runtime = runtime();
        let service = Rc::new(runtime.block_on(test::init_service(app)));
        Actix { service, cookies, turn: 0, ready: Vec::new(), runtime }
    }

    fn logged_in<F, B>(
        app: App<F>,
    ) -> Actix<impl Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error>>
    where
        F: ServiceFactory<
                ServiceRequest,
                Config = (),
                Response = ServiceResponse<B>,
                Error = Error,
                InitError = (),
            > + 'static,
        B: MessageBody + 'static,
    {
        let mut actix = Self::over(app, vec!["a=b".to_owned()]);
        let cookies = (0..VISITORS).map(|_| {
            let answer = actix.answer(Route::Login);
            let cookie = answer.response().cookies().next().expect("a login sets a cookie");
            format!("{}={}", cookie.name(), cookie.value())
        });
        actix.cookies = cookies.collect();
        actix
    }
}

impl<S, B> Actix<S>
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody + 'static,
{
    fn request(&mut self, route: Route) -> actix_http::Request {
        self.turn = (self.turn + 1) % self.cookies.len();
        let method = route.method().as_str().parse().expect("a method");
        let request = TestRequest::with_uri(route.path()).method(method);
        let request = HEADERS.into_iter().fold(request, TestRequest::append_header);
        match route.has_cookie() {
            true => request.append_header(("cookie", self.cookies[self.turn].as_str())).to_request(),
            false => request.to_request(),
        }
    }

    fn answer(&mut self, route: Route) -> ServiceResponse<B> {
        let request = self.request(route);
        now(self.service.call(request), &self.runtime).expect("no service here fails")
    }
}

impl<S, B> Stack for Actix<S>
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody + 'static,
{
    fn prepare(&mut self, route: Route, count: usize) {
        for _ in 0..count {
            let request = self.request(route);
            self.ready.push(request);
        }
    }

    fn run(&mut self) {
        for request in self.ready.drain(..) {
            drop(black_box(now(self.service.call(request), &self.runtime)));
        }
    }

    fn look(&mut self, route: Route) -> (u16, String) {
        let answer = self.answer(route);
        let status = answer.status().as_u16();
        let body = self.runtime.block_on(test::read_body(answer));
        (status, String::from_utf8_lossy(&body).into_owned())
    }
}
