// Package httpapi is the HTTP side of every function: routes, identity, strict JSON, answers, and the Lambda adapter.
//
// A request's way: API Gateway's event → [Adapt] (lambda.go) → the handler made by [New], which finds the route, asks for the caller,
// runs the function's [Handler] with a deadline, and writes its [Reply] or its error → back as an event.
//
// What always holds:
//   - A Handler returns an answer or an error and never writes; so each request is answered exactly once, and with one log line.
//   - Errors become statuses in one table (problem.go), and are written as application/problem+json (RFC 9457). What the
//     caller reads and what the log holds are two texts.
//   - The caller is only ever what API Gateway's authorizer says of the token; no header and no body can say it.
//   - A function error, as Lambda counts them, means a bug or a broken deployment; no request can cause one.
//   - No code, address or name is logged: the route, and ids of requests.
package httpapi
