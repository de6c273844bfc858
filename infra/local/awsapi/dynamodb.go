package awsapi

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"

	"group-invites/infra/local/lambda"
)

// Operations that cost capacity units, and of which kind.
var units = map[string]func(u *lambda.Usage, n float64){
	"GetItem": read, "BatchGetItem": read, "TransactGetItems": read, "Query": read, "Scan": read,
	"PutItem": write, "UpdateItem": write, "DeleteItem": write, "BatchWriteItem": write, "TransactWriteItems": write,
}

func read(u *lambda.Usage, n float64) { u.ReadUnits += n }

func write(u *lambda.Usage, n float64) { u.WriteUnits += n }

// dynamoDB passes a call on to the engine if its caller may make it.
func (a *API) dynamoDB(w http.ResponseWriter, r *http.Request, caller identity, operation string, body []byte) {
	var c call
	if err := json.Unmarshal(body, &c); err != nil {
		fail(w, http.StatusBadRequest, "com.amazon.coral.service#SerializationException", err.Error())
		return
	}
	if message := a.authorize(caller, c.permissions(operation, a.partitionKey)); message != "" {
		fail(w, http.StatusBadRequest, "com.amazon.coral.service#AccessDeniedException", message)
		return
	}
	add := units[operation]
	if add != nil && c.ReturnConsumedCapacity == nil {
		body = askForCapacity(body)
	}

	a.forward(w, r, body, func(answer []byte) {
		if caller.function != nil {
			a.count(caller, add, consumed(answer))
		}
	})
}

// streams passes a call on that reads the table's stream. It is for tools: a function gets what it follows as its events,
// and the service that makes them has permissions of its own.
func (a *API) streams(w http.ResponseWriter, r *http.Request, caller identity, operation string, body []byte) {
	if caller.function != nil {
		fail(w, http.StatusBadRequest, "UnknownOperationException", "the local stack doesn't let functions call "+operation)
		return
	}
	a.forward(w, r, body, func([]byte) {})
}

// forward sends a call to the engine and its answer back. Look sees the answer before the caller does.
func (a *API) forward(w http.ResponseWriter, r *http.Request, body []byte, look func(answer []byte)) {
	out := r.Clone(r.Context())
	out.URL.Scheme, out.URL.Host, out.Host = a.engine.Scheme, a.engine.Host, a.engine.Host
	out.RequestURI = ""
	out.Header.Del("Connection")
	out.Body, out.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	resp, err := a.transport.RoundTrip(out)
	if err != nil {
		fail(w, http.StatusServiceUnavailable, "ServiceUnavailableException", err.Error())
		return
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		fail(w, http.StatusServiceUnavailable, "ServiceUnavailableException", err.Error())
		return
	}
	look(answer)
	maps.Copy(w.Header(), resp.Header)
	w.Header().Del("Connection")
	w.WriteHeader(resp.StatusCode)
	w.Write(answer)
}

func (a *API) count(caller identity, add func(*lambda.Usage, float64), n float64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	u := a.usage[caller.accessKeyID]
	u.Calls++
	if add != nil {
		add(&u, n)
	}
	a.usage[caller.accessKeyID] = u
}

// askForCapacity adds ReturnConsumedCapacity to a request. It changes nothing but the answer, which says more.
func askForCapacity(body []byte) []byte {
	_, fields, found := bytes.Cut(body, []byte("{"))
	if !found {
		return body
	}
	return append([]byte(`{"ReturnConsumedCapacity":"TOTAL",`), fields...)
}

// consumed is the number of capacity units in an answer. It decodes the fields of that name only: the rest of an answer
// may be large. An item's attribute of that name holds no units.
func consumed(answer []byte) float64 {
	const field = `"ConsumedCapacity":`
	total := 0.0
	for {
		_, rest, found := bytes.Cut(answer, []byte(field))
		if !found {
			return total
		}
		answer = rest
		var raw json.RawMessage
		if json.NewDecoder(bytes.NewReader(rest)).Decode(&raw) != nil {
			continue
		}
		type capacity struct{ CapacityUnits float64 }
		var one capacity
		if json.Unmarshal(raw, &one) == nil {
			total += one.CapacityUnits
			continue
		}
		var many []capacity // one for each table
		if json.Unmarshal(raw, &many) == nil {
			for _, c := range many {
				total += c.CapacityUnits
			}
		}
	}
}
