// The running meeting and its participants, loaded from Zoom by the browser and rendered when both answers are there.
const root = document.getElementById("root")

function element(name, text) {
  const made = document.createElement(name)
  made.textContent = text
  return made
}

async function call(path) {
  const response = await fetch(`/zoom/api${path}`, { headers: { "Content-Type": "application/json" } })
  if (!response.ok) throw new Error(`Zoom answered ${response.status}.`)
  return response.json()
}

function render(meeting, people) {
  const list = document.createElement("ul")
  for (const person of people) {
    const left = person.leave_time ? `, left at ${new Date(person.leave_time).toLocaleTimeString()}` : ""
    const row = element("li", `${person.user_name} (${person.status}${left})`)
    row.dataset.participant = person.user_id
    list.append(row)
  }
  root.replaceChildren(
    element("h2", meeting.topic),
    element("p", `Host: ${meeting.host_email}`),
    element("p", `Started: ${new Date(meeting.start_time).toLocaleString()}`),
    element("h3", `Participants (${people.length})`),
    list,
  )
}

async function show() {
  root.replaceChildren(element("p", "Loading meeting data …"))
  await zoomSdk.config({ capabilities: ["getMeetingContext"] })
  const { meetingID } = await zoomSdk.getMeetingContext()
  const [meeting, listed] = await Promise.all([
    call(`/v2/meetings/${meetingID}`),
    call(`/v2/metrics/meetings/${meetingID}/participants`),
  ])
  render(meeting, listed.participants)
}

show().catch((error) => root.replaceChildren(element("p", error.message)))
