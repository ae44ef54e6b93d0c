//! The servers start, survive their end, and can be paused.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use passport_test_servers::{Postgres, Redis};

fn ask_redis(port: u16, command: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream.write_all(format!("{command}\r\n").as_bytes()).unwrap();
    let mut answer = [0; 64];
    let len = stream.read(&mut answer).unwrap();
    String::from_utf8_lossy(&answer[..len]).trim().to_owned()
}

#[test]
fn redis_keeps_what_it_confirmed_when_it_is_killed() {
    let Some(redis) = Redis::start() else { return };
    assert_eq!(ask_redis(redis.port(), "SET a 1"), "+OK");
    redis.kill();
    assert!(TcpStream::connect(("127.0.0.1", redis.port())).is_err());
    redis.restart();
    assert_eq!(ask_redis(redis.port(), "EXISTS a"), ":1");
    redis.stop();
    redis.restart();
    assert_eq!(ask_redis(redis.port(), "EXISTS a"), ":1");
}

#[test]
fn redis_answers_nothing_while_it_is_paused() {
    let Some(redis) = Redis::start() else { return };
    redis.pause();
    let mut stream = TcpStream::connect(("127.0.0.1", redis.port())).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    stream.write_all(b"PING\r\n").unwrap();
    assert!(stream.read(&mut [0; 8]).is_err());
    redis.resume();
    assert_eq!(ask_redis(redis.port(), "PING"), "+PONG");
}

#[test]
fn postgres_keeps_what_it_confirmed_when_it_is_killed() {
    let Some(postgres) = Postgres::start() else { return };
    let database = postgres.database();
    let name = database.rsplit('/').next().unwrap();
    postgres.sql(name, "CREATE TABLE a (b int); INSERT INTO a VALUES (7)");
    postgres.kill();
    postgres.restart();
    assert_eq!(postgres.sql(name, "SELECT b FROM a"), "7");
    postgres.stop();
    postgres.restart();
    postgres.pause();
    postgres.resume();
    assert_eq!(postgres.sql(name, "SELECT b FROM a"), "7");
}

#[test]
fn what_clients_ask_of_redis_is_heard() {
    let Some(redis) = Redis::start() else { return };
    let mut monitor = redis.monitor();
    ask_redis(redis.port(), "SET a 1");
    ask_redis(redis.port(), "EVAL return(redis.call('get','a')) 0");
    let heard = monitor.commands();
    assert!(heard.len() == 2 && heard[0].contains("SET") && heard[1].contains("EVAL"), "{heard:?}");
    assert!(monitor.commands().is_empty());
}

#[test]
fn what_postgres_runs_is_counted() {
    let Some(postgres) = Postgres::start_with(&["log_statement=all"]) else { return };
    let before = postgres.statements().len();
    postgres.sql("postgres", "SELECT 1");
    let run = postgres.statements();
    assert!(run.len() == before + 1 && run[before].contains("SELECT 1"), "{run:?}");
}
