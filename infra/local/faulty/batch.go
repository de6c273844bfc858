package faulty

import (
	"bytes"
	"encoding/json"
	"net/http"
)

// batch is the request of a BatchGetItem or a BatchWriteItem, of one table.
type batch struct {
	request  map[string]json.RawMessage
	table    string
	settings map[string]json.RawMessage // beside the keys; nil of writes
	items    []json.RawMessage          // keys to read, or writes
}

// parse gives nil for what is no batch, or of several tables: the engine says what is wrong with it.
func parse(operation string, body []byte) *batch {
	var b batch
	var tables map[string]json.RawMessage
	if json.Unmarshal(body, &b.request) != nil || json.Unmarshal(b.request["RequestItems"], &tables) != nil || len(tables) != 1 {
		return nil
	}
	for table, wanted := range tables {
		b.table = table
		switch operation {
		case "BatchGetItem":
			if json.Unmarshal(wanted, &b.settings) != nil || json.Unmarshal(b.settings["Keys"], &b.items) != nil {
				return nil
			}
		case "BatchWriteItem":
			if json.Unmarshal(wanted, &b.items) != nil {
				return nil
			}
		default:
			return nil
		}
	}
	return &b
}

// of gives RequestItems, or what of it is unprocessed, with these items alone.
func (b *batch) of(items []json.RawMessage) (json.RawMessage, error) {
	if b.settings == nil {
		return json.Marshal(map[string][]json.RawMessage{b.table: items})
	}
	keys, err := json.Marshal(items)
	if err != nil {
		return nil, err
	}
	b.settings["Keys"] = keys
	return json.Marshal(map[string]map[string]json.RawMessage{b.table: b.settings})
}

// send asks the engine for these items alone, and gives its answer, decoded where it is right.
func (b *batch) send(t *Table, r *http.Request, items []json.RawMessage) (a answer, whole map[string]json.RawMessage, err error) {
	if b.request["RequestItems"], err = b.of(items); err != nil {
		return a, nil, err
	}
	body, err := json.Marshal(b.request)
	if err != nil {
		return a, nil, err
	}
	if a, err = t.send(r, body); err != nil || a.status != http.StatusOK {
		return a, nil, err
	}
	return a, whole, json.NewDecoder(bytes.NewReader(a.body)).Decode(&whole)
}

// say gives an answer of the engine other words.
func (a *answer) say(whole map[string]json.RawMessage) (err error) {
	a.body, err = json.Marshal(whole)
	for _, name := range []string{"X-Amz-Crc32", "Content-Length"} { // of what the engine said
		a.header.Del(name)
	}
	return err
}
