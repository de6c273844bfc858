package simulator

import (
	"encoding/json"
	"net/http"
)

// Batches: each item for itself, and what isn't let in is left for another call, unless that is all.

func (s *Simulator) batchGet(request *http.Request, body []byte) (*http.Response, error) {
	var get batchGet
	if err := json.Unmarshal(body, &get); err != nil {
		return nil, err
	}
	left := batchGet{RequestItems: map[string]*batchKeys{}}
	asked := 0
	s.mu.Lock()
	now := s.begin()
	for table, keys := range get.RequestItems {
		var admitted, refused []json.RawMessage
		for _, raw := range keys.Keys {
			var key attributes
			if err := json.Unmarshal(raw, &key); err != nil {
				s.mu.Unlock()
				return nil, err
			}
			units := 0.5
			if keys.ConsistentRead {
				units = 1
			}
			if s.takeRead(key["pk"].S, key["sk"].S, units, now) {
				admitted = append(admitted, raw)
			} else {
				refused = append(refused, raw)
			}
		}
		asked += len(admitted)
		keys.Keys = admitted
		if len(refused) > 0 {
			left.RequestItems[table] = &batchKeys{refused, keys.ConsistentRead}
		}
	}
	if len(left.RequestItems) > 0 {
		s.count.Throttled++
	}
	s.mu.Unlock()
	switch {
	case asked == 0:
		return refuse(request, "ProvisionedThroughputExceededException", exceeded, nil)
	case len(left.RequestItems) == 0:
		return s.forward(request, body)
	}
	return s.forwardSome(request, get, "UnprocessedKeys", left.RequestItems)
}

func (s *Simulator) batchWrite(request *http.Request, body []byte) (*http.Response, error) {
	var batch batchWrite
	if err := json.Unmarshal(body, &batch); err != nil {
		return nil, err
	}
	left := map[string][]json.RawMessage{}
	written := 0
	for table, writes := range batch.RequestItems {
		var admitted []json.RawMessage
		for _, raw := range writes {
			var w writeRequest
			if err := json.Unmarshal(raw, &w); err != nil {
				return nil, err
			}
			if s.admit(w.touch()) == none {
				admitted = append(admitted, raw)
			} else {
				left[table] = append(left[table], raw)
			}
		}
		written += len(admitted)
		batch.RequestItems[table] = admitted
	}
	switch {
	case written == 0:
		return refuse(request, "ProvisionedThroughputExceededException", exceeded, nil)
	case len(left) == 0:
		return s.forward(request, body)
	}
	return s.forwardSome(request, batch, "UnprocessedItems", left)
}

// forwardSome lets the engine answer the part of a batch that was let in, and names the rest in the answer.
func (s *Simulator) forwardSome(request *http.Request, part any, name string, rest any) (*http.Response, error) {
	body, err := json.Marshal(part)
	if err != nil {
		return nil, err
	}
	a := s.engine.ask(request, body)
	if a.err != nil || a.status != http.StatusOK {
		return answer(request, a.status, a.header, a.body), a.err
	}
	var answered map[string]json.RawMessage
	if err := json.Unmarshal(a.body, &answered); err != nil {
		return nil, err
	}
	if answered[name], err = json.Marshal(rest); err != nil {
		return nil, err
	}
	if body, err = json.Marshal(answered); err != nil {
		return nil, err
	}
	a.header.Del("X-Amz-Crc32") // of another body
	a.header.Del("Content-Length")
	return answer(request, a.status, a.header, body), nil
}
