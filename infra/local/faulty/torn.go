package faulty

import (
	"encoding/json"
	"net/http"
	"time"
)

// readApart reads the items of a BatchGetItem in two calls, some of them later than the others, and gives one answer. Torn is false where there is
// nothing to take apart.
func (t *Table) readApart(r *http.Request, body []byte, apart time.Duration) (a answer, torn bool, err error) {
	var request map[string]json.RawMessage
	var tables map[string]map[string]json.RawMessage
	if err := json.Unmarshal(body, &request); err != nil {
		return answer{}, false, nil // the engine says what is wrong with it
	}
	if err := json.Unmarshal(request["RequestItems"], &tables); err != nil || len(tables) != 1 {
		return answer{}, false, nil
	}
	var name string
	var keys []json.RawMessage
	for table, wanted := range tables {
		name = table
		if err := json.Unmarshal(wanted["Keys"], &keys); err != nil || len(keys) < 2 {
			return answer{}, false, nil
		}
	}
	t.mu.Lock()
	t.count.Torn++
	t.random.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	cut := 1 + t.random.IntN(len(keys)-1)
	t.mu.Unlock()

	var whole map[string]json.RawMessage
	var items []json.RawMessage
	for i, part := range [][]json.RawMessage{keys[:cut], keys[cut:]} {
		if i > 0 {
			time.Sleep(apart)
		}
		if tables[name]["Keys"], err = json.Marshal(part); err != nil {
			return answer{}, true, err
		}
		if request["RequestItems"], err = json.Marshal(tables); err != nil {
			return answer{}, true, err
		}
		sent, err := json.Marshal(request)
		if err != nil {
			return answer{}, true, err
		}
		if a, err = t.send(r, sent); err != nil || a.status != http.StatusOK {
			return a, true, err
		}
		whole = nil // units are those of the second part: nobody counts them here
		var responses map[string][]json.RawMessage
		if err := json.Unmarshal(a.body, &whole); err != nil {
			return a, true, err
		}
		if err := json.Unmarshal(whole["Responses"], &responses); err != nil {
			return a, true, err
		}
		items = append(items, responses[name]...)
	}
	if items == nil {
		items = []json.RawMessage{}
	}
	if whole["Responses"], err = json.Marshal(map[string][]json.RawMessage{name: items}); err != nil {
		return a, true, err
	}
	a.body, err = json.Marshal(whole)
	for _, name := range []string{"X-Amz-Crc32", "Content-Length"} { // of what the engine said
		a.header.Del(name)
	}
	return a, true, err
}
