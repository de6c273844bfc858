package main

import (
	"crypto/sha256"
	"encoding/base64"
	"html"

	"group-invites/shared/httpapi"
)

// style is all that pages look by. It is within the page, so that a page is one answer.
const style = `:root{color-scheme:light dark;--page:#f2f4f7;--card:#fff;--edge:#dfe3e8;--text:#1b2430;--quiet:#55606e;--accent:#1a56b0;--on:#fff}
@media (prefers-color-scheme:dark){:root{--page:#11151a;--card:#1b2129;--edge:#333d49;--text:#e9edf2;--quiet:#a9b4c1;--accent:#8fbcff;--on:#0c1a2e}}
*{box-sizing:border-box}
body{margin:0;padding:24px 12px;background:var(--page);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif}
main{max-width:520px;margin:0 auto;padding:24px;background:var(--card);border:1px solid var(--edge);border-radius:12px;overflow-wrap:anywhere}
h1{margin:0 0 12px;font-size:24px;line-height:1.3}
h2{margin:32px 0 4px;font-size:18px}
p{margin:0 0 16px}
form{margin:0}
main>:last-child{margin-bottom:0}
label{display:block;margin:0 0 4px;font-weight:600}
input{width:100%;min-height:44px;margin:0 0 12px;padding:8px 12px;font:inherit;color:inherit;background:var(--page);border:1px solid var(--quiet);border-radius:8px}
button{min-height:44px;padding:10px 24px;font:inherit;font-weight:600;color:var(--on);background:var(--accent);border:1px solid var(--accent);border-radius:8px;cursor:pointer}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.quiet{margin:0;color:var(--quiet);font-size:14px}
@media (forced-colors:active){button{border-color:ButtonText}}`

// headers go with each page. It runs no script, loads nothing, sends its forms to us alone, is in nobody's frame, and the token of its
// address goes nowhere.
var headers = map[string]string{
	"Content-Security-Policy":    "default-src 'none'; style-src '" + hashOf(style) + "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	"Cross-Origin-Opener-Policy": "same-origin",
	"X-Robots-Tag":               "noindex",
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// pages makes the pages. They hold nothing that a request says but the token, and that only once it is known to be ours, which is a
// text of letters, digits, hyphens and underscores.
type pages struct{ name string }

// page makes a page of a title, which is its heading too, and what is below, as HTML.
func page(title, below string) httpapi.File {
	return httpapi.File{Type: "text/html; charset=utf-8", Content: []byte(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>` + title + `</title>
<style>` + style + `</style>
</head>
<body>
<main>
<h1>` + title + `</h1>
` + below + `
</main>
</body>
</html>
`)}
}

// service names it, as HTML.
func (p pages) service() string { return html.EscapeString(p.name) }

func (p pages) ask(*httpapi.Request) httpapi.File {
	return page("No more invites?", `<p>Press the button, and `+p.service()+` sends no more mail to the address that got this link.</p>
<form method="post">
<button name="`+oneClick+`" value="`+oneClickValue+`">Don’t invite me again</button>
</form>`)
}

// out offers to take it back. The path of its form goes from that of the page.
func (p pages) out(r *httpapi.Request) httpapi.File {
	return page("You get no more invites", `<p>`+p.service()+` sends no more mail to the address that got this link. You need not do anything else.</p>
<h2>Changed your mind?</h2>
<p>Type in your mail address. We send a mail to it, in which you confirm that you want to be invited again.</p>
<form method="post" action="`+r.PathValue("token")+`/undo">
<label for="address">Your mail address</label>
<input id="address" name="address" type="email" autocomplete="email" maxlength="254" required>
<button>Send me the mail</button>
</form>`)
}

// mailed says the same whatever was typed in.
func (p pages) mailed(*httpapi.Request) httpapi.File {
	return page("Look into your mail", `<p>If you typed in the address that gets no more invites, a mail is on its way to it. Open it within 24 hours, and confirm.</p>
<p class="quiet">Nothing there? Look into the spam folder, and whether the address was right. An address gets a few such mails a day at most.</p>`)
}

func (p pages) askBack(*httpapi.Request) httpapi.File {
	return page("Be invited again?", `<p>Press the button, and people can send you invites by `+p.service()+` again.</p>
<form method="post">
<button>Yes, invite me again</button>
</form>`)
}

func (p pages) back(*httpapi.Request) httpapi.File {
	return page("You can be invited again", `<p>`+p.service()+` sends invites to your address again. Each of them has a link by which you can stop them.</p>`)
}

func (p pages) badLink() httpapi.File {
	return page("This link doesn’t work", `<p>Perhaps it was cut off: open it from the mail once more, or copy the whole of it. A link by which you say that you want invites again works for 24 hours.</p>`)
}

func (p pages) busy() httpapi.File {
	return page("Please try again", `<p>We can’t take this just now. Go back, wait a moment, and press the button again. It does no harm to press it twice.</p>`)
}

func (p pages) badForm() httpapi.File {
	return page("That didn’t arrive", `<p>What was sent isn’t what our page sends. Open the link from the mail once more, and press the button.</p>`)
}

func (p pages) failed() httpapi.File {
	return page("Something went wrong", `<p>The fault is on our side, or what was sent isn’t what our page sends. Open the link from the mail once more, and press the button.</p>`)
}
