package gateway

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// response is a function's answer in payload format 2.0.
type response struct {
	StatusCode int
	Headers    map[string]string
	Cookies    []string
	Body       []byte
}

// parseResponse reads an answer. JSON without a statusCode is the body of a 200; what isn't JSON is an error.
func parseResponse(payload []byte) (*response, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(payload, &fields); err != nil || fields["statusCode"] == nil {
		return inferResponse(payload)
	}
	var in struct {
		StatusCode      int               `json:"statusCode"`
		Headers         map[string]scalar `json:"headers"`
		Cookies         []string          `json:"cookies"`
		Body            string            `json:"body"`
		IsBase64Encoded bool              `json:"isBase64Encoded"`
	}
	if err := json.Unmarshal(payload, &in); err != nil {
		return nil, fmt.Errorf("malformed response: %w", err)
	}
	if in.StatusCode < 200 || in.StatusCode > 599 {
		return nil, fmt.Errorf("malformed response: statusCode %d", in.StatusCode)
	}
	out := &response{StatusCode: in.StatusCode, Headers: map[string]string{}, Cookies: in.Cookies, Body: []byte(in.Body)}
	for name, v := range in.Headers {
		out.Headers[http.CanonicalHeaderKey(name)] = string(v)
	}
	if out.Headers["Content-Type"] == "" && len(out.Body) > 0 {
		out.Headers["Content-Type"] = "text/plain;charset=UTF-8"
	}
	if in.IsBase64Encoded {
		body, err := base64.StdEncoding.DecodeString(in.Body)
		if err != nil {
			return nil, fmt.Errorf("malformed response: body: %w", err)
		}
		out.Body = body
	}
	return out, nil
}

func inferResponse(payload []byte) (*response, error) {
	if !json.Valid(payload) {
		return nil, errors.New("malformed response: not JSON")
	}
	body := payload
	var text *string // null isn't a text
	if json.Unmarshal(payload, &text) == nil && text != nil {
		body = []byte(*text)
	}
	return &response{StatusCode: http.StatusOK, Headers: map[string]string{"Content-Type": "application/json"}, Body: body}, nil
}

// scalar is the value of a header: a text, a number or a truth value.
type scalar string

func (s *scalar) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) == nil {
		*s = scalar(text)
		return nil
	}
	if b[0] == '{' || b[0] == '[' {
		return errors.New("a header must be a text")
	}
	*s = scalar(b)
	return nil
}

// write sends the answer. The connection's headers are the server's, and where the API has a CORS configuration the CORS
// headers are the gateway's.
func (a *response) write(w http.ResponseWriter, ownCORS bool) {
	h := w.Header()
	for name, v := range a.Headers {
		if ownCORS && strings.HasPrefix(name, "Access-Control-") {
			continue
		}
		switch name {
		case "Connection", "Transfer-Encoding", "Content-Length", "Keep-Alive", "Trailer", "Upgrade":
		default:
			h.Set(name, v)
		}
	}
	for _, cookie := range a.Cookies {
		h.Add("Set-Cookie", cookie)
	}
	if a.StatusCode == http.StatusNoContent || a.StatusCode == http.StatusNotModified {
		w.WriteHeader(a.StatusCode)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(a.Body)))
	w.WriteHeader(a.StatusCode)
	w.Write(a.Body)
}
