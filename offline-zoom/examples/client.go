// A server-to-server client: lists the users of an account. Zoom's addresses are built in.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
)

func call(request *http.Request, err error, result any) {
	if err != nil {
		log.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(result); err != nil || answer.StatusCode != http.StatusOK {
		log.Fatal(answer.Status, err)
	}
}

func main() {
	form := url.Values{"grant_type": {"account_credentials"}, "account_id": {os.Getenv("ZOOM_ACCOUNT_ID")}}
	request, err := http.NewRequest("POST", "https://zoom.us/oauth/token", strings.NewReader(form.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(os.Getenv("ZOOM_CLIENT_ID"), os.Getenv("ZOOM_CLIENT_SECRET"))
	var token struct {
		AccessToken string `json:"access_token"`
	}
	call(request, err, &token)

	request, err = http.NewRequest("GET", "https://api.zoom.us/v2/users", nil)
	request.Header.Set("Authorization", "Bearer "+token.AccessToken)
	var list struct {
		Users []struct{ Email string }
	}
	call(request, err, &list)
	for _, user := range list.Users {
		fmt.Println(user.Email)
	}
}
