"""Every sentence and button of the bot in English, under the names of `bot.vietnamese`.

Agencies and places keep their Vietnamese names; answers to questions come with the model, in
Vietnamese. People may write in English, but what they write is understood in Vietnamese only:
anything else is read by a person.
"""

WELCOME = (
    "Hello. This is Lắng Nghe, where reports and proposals of the people of {province} are taken."
    "\n\nPlease write what troubles you in your own words: what, where, since when. Vietnamese is "
    "understood at once; another language is read by a person. Photos and a location help.\n\n"
    "Commands: /tinhtrang my cases, /huongdan how it works, /quyenrieng my data."
)
WELCOME_TO_WARD = (
    "Hello {ward}. This is Lắng Nghe, where reports and proposals of the people of {province} are "
    "taken.\n\nPlease write what troubles you in your own words: what, where exactly, since when. "
    "Unless you name another place, it is taken to be in {ward}."
)
GUIDE = (
    "How to send a report:\n"
    "1. Write what happened and where in one message, with photos if you have any.\n"
    "2. Read the summary; tap “Send” if it is right, “Change” if not, “Hide me” to stay unnamed.\n"
    "3. You get a code PA-XXXXXX; follow it with /tinhtrang.\n"
    "The agency's answer comes to this chat; you say whether the matter is settled.\n"
    "Your data: /quyenrieng. Tiếng Việt: /ngonngu."
)
CONSENT = (
    "Before you send for the first time, please read:\n"
    "• What is kept: your report, the place, your files and this chat's address (encrypted).\n"
    "• How long: until the matter is settled and {months} months more, then it is erased.\n"
    "• Who sees it: the staff who handle it see the report, not who sent it.\n"
    "• Messages pass through {servers}.\n"
    "You can see, download or erase it, or withdraw your consent, at any time: /quyenrieng. "
    "Tapping “Agree and send” means that you agree to this."
)
SERVERS = {"telegram": "Telegram's servers, which are abroad", "zalo": "Zalo's servers"}
ASK_PLACE = (
    "In which commune or ward (xã, phường) is it? Please write its name (an old name will do), or "
    "send a location."
)
ASK_WHICH_WARD = "Please choose the right place:"
ASK_CATEGORY = "What is it about? Please choose the nearest."
ASK_CATEGORY_WHILE_DOWN = (
    "The system cannot read your words just now, but takes your report and has kept them. Please "
    "choose what it is about."
)
ASK_REWRITE = "Please write your report again."
ASK_WHAT_TO_EDIT = "What should be changed?"
ASK_FILES = (
    "Please send photos, videos, recordings, documents or a location here, one by one or together. "
    "Then tap “Send”."
)
CARD_WAITS = "Your report is still waiting, not sent: “{excerpt}”. Tap “{send}” when you are ready."
CANCELLED = "Cancelled; what you wrote was not sent. Write again whenever you need to."
NOTHING_TO_CANCEL = "There is nothing waiting to be sent."
DROPPED = "This matter was dropped, not sent."
NEXT_MATTER = "Next is the other matter of your message:"
STALE_BUTTON = "This button no longer works. Your cases: /tinhtrang"
ELSEWHERE = (
    "This seems to have happened outside {province}, where this system cannot help. Please write to "
    "that province or to the National Public Service Portal. If it is in {province}, tap below."
)
OUTSIDE_PROVINCE_PIN = "This location is outside {province}. Please write the ward's name."
UNCLEAR = (
    "Sorry, this was not understood. If it is what you want to report, tap below; if not, please "
    "write more clearly what happened and where."
)
ASK_DENUNCIATION = (
    "To be sure: do you report a fact, or do you denounce a certain person or unit for breaking the "
    "law (tố cáo)? The law protects denunciations, so they are not sent by chat."
)
DENUNCIATION = (
    "This looks like a denunciation (tố cáo). To protect whoever denounces, the system takes none by "
    "chat and has not kept what you wrote; you should delete that message from this chat.\n\n"
    "By law (Luật Tố cáo, Article 22) a denunciation is made in a signed letter or in person. Please "
    "go to the head of the body directly above the accused{body}, or to the citizens' reception "
    "office. The law protects your identity.\n\n"
    "If you denounce nobody and only report a fact, tap below."
)
DENUNCIATION_BODY = " (for example: {body})"
DECLARED = (
    "Please write the facts again: what happened, where, since when. Please name no persons. One "
    "appointed officer reads it; the unit concerned does not get the case."
)
DELETED = "That message was deleted from this chat."
NOT_DELETED = (
    "That message could not be deleted from here. Please delete it yourself: press and hold it, and "
    "choose to delete it for both sides."
)
FILE_NOT_SHOWN = "This file cannot be sent here. To see it, please ask the agency that answered, with the case's code."
COMPLAINT_NOTE = (
    "This looks like a complaint (khiếu nại) against a decision or act of an authority. An officer "
    "will look at it and guide you. Please note: by law a complaint goes in writing to whoever "
    "decided, within 90 days of your knowing of it (Luật Khiếu nại, Article 9); this message does "
    "not replace it."
)
EMERGENCY = (
    "If somebody is in danger, call now: 113 police, 114 fire and rescue, 115 ambulance. A message "
    "here does not replace that call."
)
SELF_HARM = (
    "You seem to be in great distress. Please do not stay alone now: call somebody close to you, or "
    "115 ambulance, 113 police; children call 111. What troubles you can be told here at any time."
)
INSULT = (
    "We are sorry that you are upset. If something has not been settled, please write what and "
    "where; it will go to those who must answer."
)
TALK_TO_HUMAN = (
    "Please write it here: an officer reads every case and must answer. To speak to somebody, go to "
    "the citizens' reception office of your ward or of the city in office hours."
)
ANSWERS = {
    "out_of_scope": (
        "This is beyond what the system can do. Reports and proposals of the people of {province} "
        "are taken here."
    ),
    "greet": WELCOME,
    "thank": "Thank you. Write here whenever you need to.",
    "goodbye": "Goodbye. When there is an answer, it comes to this chat.",
    "insult": INSULT,
    "talk_to_human": TALK_TO_HUMAN,
}
NO_CASES = "No case has been sent from here."
CASES = "Your cases (tap a code for details):"
CASE_LINE = "{code}: {state}{agency}. Sent {filed_on}, due {due_on}."
CASE_AGENCY = ", {agency}"
CASE_HEAD = "Case {code}: {state}."
CASE_ANSWERS = "Answered by: {agency}. Due: {due_on}."
CASE_NO_AGENCY = "An officer is finding out who is responsible. Due: {due_on}."
CASE_RESTRICTED = "One appointed officer has it. Due: {due_on}."
CASE_ANONYMOUS = "This case was sent anonymously."
CASE_HISTORY = "What happened:"
PICK_ADDITION = "To which case does this belong?"
PICK_REPLY = "The agency has asked you about your case. Is this your answer?"
ASK_MORE = "Please write what should be added or corrected in case {code}, with photos if any."
FINISH_FIRST = "You have a report that is not sent yet. Please send or cancel it first."
ADDED = "Added to case {code}."
ADDED_REPLY = (
    "Your answer was passed on to case {code}. The clock runs again; it is due on {due_on}."
)
PICK_WITHDRAWAL = "Please choose the case to withdraw:"
ASK_WITHDRAWAL = "Withdraw case {code}? The agency will stop working on it."
NOTHING_TO_WITHDRAW = "There is no open case to withdraw."
WITHDRAWN = "Case {code} was withdrawn. The agency stops working on it."
SETTLED = (
    "Thank you. Case {code} is closed. How content are you, from 1 (not at all) to 5 (very much)?"
)
RATED = "Thank you. If you like, write a word more."
RATING_WORDS_KEPT = "Thank you for your words."
REOPENED = (
    "Noted as not settled. Case {code} is open again and its first deadline still counts. Please "
    "write what is still wrong, with photos if any."
)
OBJECTED = (
    "Case {code} is open again and will be looked at anew; the clock ran on. Please write why you do "
    "not agree, with photos or papers if any."
)
ALREADY_FILED = "This was sent already. Its code: {code}"
TAP_TO_CONSENT = "The first time, please tap “Agree and send” below."
NOT_POSSIBLE_NOW = "This cannot be done with case {code} now. See: /tinhtrang"
ATTACHMENT_KEPT = "The file was received. Please write a few words: what, where."
ATTACHMENT_NOT_KEPT = (
    "This file is not kept. If you only report a fact, tap “I only report a fact” above and send it "
    "again."
)
LISTENING = "Your recording has come and is being listened to. One moment, please."
HEARD = "Heard: “{text}”"
HEARING_IS_A_GUESS = "A machine can mishear, so to send, drop or answer, please choose below."
NOTHING_HEARD = (
    "Sorry, no words could be heard in the recording. It is kept for staff to listen to."
)
RECORDING_TOO_LONG = "The recording is longer than {minutes} minutes, so the machine did not hear it. It is kept for staff to listen to; you can also send a shorter one."
HEARING_FAILED = "Sorry, this recording could not be heard. It is kept for staff to listen to."
WRITE_INSTEAD = "Please write a few words: what, and where."
SPOKEN_LINE = "Máy nghe từ ghi âm, có thể sai: {text}"
PIN_KEPT = "The location was received. Please write a few words: what, since when."
ATTACHMENT_ADDED = "The file was added to case {code}."
CONTACT_KEPT = (
    "The number was received and goes with your report. Staff see it only when they need to call. "
    "Please write what happened and where."
)
CONTACT_NOT_KEPT = "You send anonymously, so this number is not kept."
CONTACT_LINE = "Số liên lạc: {number}"
FILE_TOO_LARGE = (
    "This file is too large (20 MB at most). Please send a photo, a shorter video, or tell it in "
    "words."
)
FILE_TYPE = "This type of file is not taken. Please send photos, video, sound, PDF, Word or Excel."
UNREADABLE = (
    "The system cannot read this kind of message. Please send text, photos, video, sound, documents "
    "or a location."
)
EDIT_NOT_TAKEN = (
    "You edited a message, but what was sent stays as it is. To add something, write a new message."
)
EDITED = "Sửa lại lời đã gửi: {text}"
TOO_LONG = "This is too long. Please keep to {limit} characters, or attach a document."
SLOWED = (
    "You write faster than the system can read. No message is lost; please wait about a minute."
)
PARKED = (
    "Sorry, one of your messages could not be read. It is kept under the code {code} and technical "
    "staff have been told. Please try other words."
)
CHOOSE_BY_NUMBER = "Answer with a number:"

CARD_HEAD = "Please check before you send:"
CARD_WORDS = "Report: {excerpt}"
CARD_CATEGORY = "About: {category}"
CARD_PLACE = "Place: {place}"
CARD_AGENCY = "Answered by: {agency}"
CARD_PERSON = "Answered by: an officer will pass it to whoever is responsible"
CARD_NEXT = "Next: you get a code at once, and an answer by {due_on}."
CARD_SPOKEN = "A machine heard these words and may be wrong: if so, choose “Change”."
CARD_FILES = "Attached: {count} files"
CARD_CONTACT = "Your number goes with it"
CARD_ANONYMOUS = "Sent anonymously: nobody sees a name, telephone or identity number; the answer still comes here."
CARD_JOINS = "Sent together with {people} people who reported this."
UNKNOWN = "not known"
FILED = "Received. Your code: {code}\nThe case was {whom}.{why}\nDue: {due_on}. Follow it with /tinhtrang.{files}"
FILED_TO_AGENCY = "passed to {agency}"
FILED_TO_TRIAGE = "passed to a triage officer"
FILED_TO_INSPECTOR = "given to one appointed officer"
FILED_FILES = " Photos sent in the next 10 minutes are added to this case."
SEVERAL_HEAD = "You mention {count} matters:"
SEVERAL_LINE = "({number}) {category}: “{excerpt}”"
SEVERAL_TAIL = (
    "Sent apart, each gets its code and goes to those who must answer. If they belong together, "
    "send them together."
)
ASK_SAME = (
    "Your case {code} seems to be about this too. Add these words to it, or is this a new matter?"
)
ASK_JOIN = (
    "{people} people have reported something like this in {ward}. If it is the same, your case "
    "counts as one person more and still gets a code of its own."
)

NOTICE_ASSIGNED = "Case {code} was given to {agency}. Due: {due_on}."
NOTICE_DISPUTED = (
    "Case {code} waits for a decision on who must settle it. It is still due on {due_on}."
)
NOTICE_ACCEPTED = "{accepter} accepted case {code}. Due: {due_on}."
NOTICE_DUE_MOVED = (
    "Several agencies work on case {code} together, for which the limit is longer: due on {due_on}."
)
NOTICE_ANSWERED = (
    "{responder} answers case {code}:\n\n{answer}\n\nDone on: {done_on}. Done by: {done_by}.{shown}\n\n"
    "Is the matter settled? Without a word from you the case closes by itself after {days} days; you "
    "can still open it again then."
)
ANSWER_SHOWN = " {files} files above."
ANSWER_NOT_SHOWN = " No photo or document, because: {no_evidence}"
NOTICE_EVIDENCE = "Case {code}: sent with the agency's answer."
NOTICE_ASKED = (
    "{asker} asks about case {code}:\n\n{question}\n\nPlease tap “Answer” and write here, with "
    "photos if any. The agency's clock stands still until then."
)
NOTICE_REJECTED = (
    "Case {code} cannot be settled here.\n\n{words}\n\n{guidance}\n\nIf you do not agree, please choose "
    "“I do not agree” and write why: it will be looked at again."
)
GUIDANCE = {
    "private_matter": "What is between people or companies can go to the mediators of your neighbourhood, or to the People's Court.",
    "formal_complaint": "A complaint (khiếu nại) must be sent in writing to whoever made the decision, within 90 days of knowing it (Luật Khiếu nại, article 9).",
    "denunciation": "A denunciation (tố cáo) must be signed, or made in person where citizens are received (Luật Tố cáo, article 22). The law protects who you are.",
    "other_province": "Please write to the portal of the province where it happened, or to the National Public Service Portal.",
    "in_court": "That body is dealing with it or has decided; please ask there.",
    "unclear": "If you know more (where, when, a photo), please send it again at any time.",
    "no_matter": "If there is something to report, please write what, where and since when.",
}
NOTICE_REMINDED = (
    "Case {code} was answered. Is the matter settled? Without a word from you by the end of {due_on} "
    "it closes by itself."
)
NOTICE_LAPSED = (
    "Case {code} was closed because there was no word from you for {days} days. If it is still not settled, please tap "
    "below to open it again."
)

RIGHTS = (
    "Your data (Luật Bảo vệ dữ liệu cá nhân 2025): {cases} cases and {files} files are kept, "
    "{consent}.\n\n"
    "Here you can see and download it, withdraw your consent or erase it, at once. For anything else "
    "ask {reception}: an answer comes in 2 working days; withdrawal or restriction in 15 days."
)
RIGHTS_CONSENT = "you agreed on {on}"
RIGHTS_NO_CONSENT = "there is no consent"
EXPORTED = "This is everything that the system keeps of you."
ASK_ERASE = (
    "Erase your data: your words, files, places and this chat's address are erased for good. "
    "{open_cases} open cases end. Agencies keep their own answers and figures without names. Are "
    "you sure?"
)
ERASED = "Your data was erased. This is the last message; you can always write again."
CONSENT_WITHDRAWN = (
    "Your consent was withdrawn. No further report is taken until you agree again. Open cases go "
    "on: withdraw them with /tinhtrang, or erase everything with /quyenrieng."
)
NOT_ERASED = "Nothing was erased."
ASK_LANGUAGE = "Ngôn ngữ của tin nhắn tự động? Language of the automatic messages?"
LANGUAGE_SET = "Automatic messages are in English from now on."
IN_GROUP = "To protect whoever writes, reports are taken in a private chat only. Please tap below."
OPEN_PRIVATE_CHAT = "Open the private chat"
DESCRIPTION = (
    "Reports and proposals of the people of {province}. Write what troubles you in your own words, "
    "get a code at once and the answer here. Emergencies: call 113, 114, 115. Denunciations (tố "
    "cáo) are not taken by chat."
)
SHORT_DESCRIPTION = "Reports and proposals of the people of {province}."
COMMANDS = {
    "start": "Begin",
    "tinhtrang": "My cases",
    "huongdan": "How to send a report",
    "quyenrieng": "My data: see, download, erase",
    "ngonngu": "Đổi ngôn ngữ (language)",
    "huy": "Drop what I am writing",
}

SEND = "Send"
CONSENT_AND_SEND = "Agree and send"
EDIT = "Change"
HIDE_ME = "Hide me"
SHOW_ME = "Do not hide me"
ADD_FILES = "Add photos/location"
CANCEL = "Cancel"
EDIT_WORDS = "Change the words"
EDIT_PLACE = "Change the place"
EDIT_CATEGORY = "Change what it is about"
BACK = "Back"
SKIP_PLACE = "I do not know"
SKIP = "Skip"
IT_IS_HERE = "It is in this city"
THIS_IS_MINE = "This is my report"
ONLY_REPORT = "I only report a fact"
I_DENOUNCE = "I denounce"
DELETE_MESSAGE = "Delete that message"
SEND_APART = "Send as {count} cases"
SEND_TOGETHER = "Send as one case"
ADD_TO = "Add to {code}"
ANSWER_FOR = "Answer for {code}"
NEW_MATTER = "This is a new matter"
WITHDRAW = "Withdraw {code}"
KEEP = "Do not withdraw"
IS_SETTLED = "Settled"
IS_NOT_SETTLED = "Not settled"
OBJECT = "I do not agree"
MORE = "Add or correct"
WITHDRAW_THIS = "Withdraw the case"
REPLY = "Answer"
SAME_MATTER = "The same matter"
SEE_DATA = "Download my data"
WITHDRAW_CONSENT = "Withdraw my consent"
ERASE = "Erase my data"
ERASE_SURELY = "Erase everything"
DO_NOT_ERASE = "Do not erase"

CATEGORIES = {
    "admin_procedures": "Administrative procedures",
    "official_conduct": "Conduct of officials",
    "land_title": "Land titles",
    "land_clearance": "Land recovery, compensation",
    "roads": "Roads and bridges",
    "transport": "Public transport",
    "traffic_order": "Traffic order",
    "drainage_flooding": "Drainage, flooding",
    "lighting_trees": "Street lights, trees, parks",
    "water_supply": "Water supply",
    "electricity": "Electricity",
    "telecom": "Telephone, internet",
    "waste_pollution": "Waste, pollution",
    "noise": "Noise",
    "construction_order": "Illegal building, blocked pavements",
    "public_security": "Security",
    "education": "Schools",
    "health_food": "Health, food safety",
    "social_policy": "Social policy, insurance",
    "agriculture_irrigation": "Farming, irrigation",
    "market_tax": "Markets, prices, tax",
    "culture_religion": "Culture, religion",
    "corruption": "Corruption",
    "other": "Other",
}
STATES = {
    "needs_triage": "being sorted",
    "assigned": "given to the agency",
    "accepted": "being settled by the agency",
    "disputed": "waiting for a decision on who settles it",
    "needs_info": "waiting for your answer",
    "answered": "answered, waiting for your word",
    "closed": "closed",
    "reopened": "open again",
    "rejected": "not settled here",
    "withdrawn": "withdrawn",
}
EVENTS = {
    "filed": "Sent",
    "assigned": "Given to {agency}",
    "transferred": "Passed to {agency}",
    "returned": "Returned by the agency, being sorted",
    "disputed": "Waiting for a decision on who settles it",
    "decided": "Given to {agency} by decision",
    "accepted": "Accepted by {agency}",
    "due_moved": "Several agencies work on it: the limit is longer",
    "clock_resumed": "The clock runs again after your answer",
    "recalled": "Being sorted again",
    "addition_received": "You added something",
    "attachment_received": "You sent a file",
    "asked": "The agency asked you; the clock stands still",
    "answered": "The agency answered",
    "rejected": "Not settled here; you were told where to go",
    "objected": "You did not agree: looked at again",
    "reminded": "You were asked again whether it is settled",
    "closed_by_silence": "Closed: there was no word from you",
    "settled": "You said that it is settled",
    "reopened": "You said that it is not settled: open again",
    "withdrawn": "You withdrew it",
}
NOT_SHOWN_AGENCY = "the competent authority"

# As in `bot.vietnamese`: what is said otherwise where there are no buttons.
ON_CHANNEL: dict[str, dict[str, str]] = {
    "zalo": {
        "WELCOME": (
            "Hello. This is Lắng Nghe, where reports and proposals of the people of {province} are taken.\n\n"
            "Please write what troubles you in your own words: what, where, since when. Vietnamese is "
            "understood at once; another language is read by a person. Photos help.\n\n"
            "Where a question has numbered answers, just send the number. Write /tinhtrang for my cases, "
            "/huongdan for how it works, /quyenrieng for my data."
        ),
        "GUIDE": (
            "How to send a report:\n"
            "1. Write what happened and where in one message, with photos if you have any.\n"
            "2. Read the summary and answer with the number of what you want: send, change, hide me, cancel.\n"
            "3. You get a code PA-XXXXXX; follow it with /tinhtrang.\n"
            "The agency's answer comes to this chat; you say whether the matter is settled.\n"
            "Your data: /quyenrieng. Tiếng Việt: /ngonngu."
        ),
        "CONSENT": (
            "Before you send for the first time, please read:\n"
            "• What is kept: your report, the place, your photos and this chat's address (encrypted).\n"
            "• How long: until the matter is settled and {months} months more, then it is erased.\n"
            "• Who sees it: the staff who handle it see the report, not who sent it.\n"
            "• Messages pass through {servers}.\n"
            "You can see or erase it, or withdraw your consent, at any time: /quyenrieng. "
            "Choosing “Agree and send” means that you agree to this."
        ),
        "ASK_PLACE": "In which commune or ward (xã, phường) is it? Please write its name (an old name will do).",
        "ASK_FILES": "Please send photos here, one by one or together.",
        "CARD_WAITS": "Your report is still waiting, not sent: “{excerpt}”. Choose “{send}” when you are ready.",
        "STALE_BUTTON": "This choice is no longer possible. Your cases: /tinhtrang",
        "ELSEWHERE": (
            "This seems to have happened outside {province}, where this system cannot help. Please write to "
            "that province or to the National Public Service Portal. If it is in {province}, choose below."
        ),
        "UNCLEAR": (
            "Sorry, this was not understood. If it is what you want to report, choose below; if not, please "
            "write more clearly what happened and where."
        ),
        "DENUNCIATION": (
            "This looks like a denunciation (tố cáo). To protect whoever denounces, the system takes none by "
            "chat and has not kept what you wrote; you should delete that message from this chat.\n\n"
            "By law (Luật Tố cáo, Article 22) a denunciation is made in a signed letter or in person. Please "
            "go to the head of the body directly above the accused{body}, or to the citizens' reception "
            "office. The law protects your identity.\n\n"
            "If you denounce nobody and only report a fact, choose below."
        ),
        "CASES": "Your cases (choose one for details):",
        "TAP_TO_CONSENT": "The first time, please choose “Agree and send” below.",
        "ATTACHMENT_NOT_KEPT": (
            "This photo is not kept. If you only report a fact, choose “I only report a fact” and send it again."
        ),
        "FILE_TOO_LARGE": "This photo is too large (20 MB at most). Please send a smaller one, or tell it in words.",
        "UNREADABLE": "On Zalo the system reads only words and photos. Please write, or send a photo.",
        "NOTICE_ASKED": (
            "{asker} asks about case {code}:\n\n{question}\n\nPlease choose “Answer” and write here, with "
            "photos if any."
        ),
        "EXPORTED": "This is everything that the system keeps about you, in one or several messages.",
        "ADD_FILES": "Add photos",
        "SEE_DATA": "See my data",
    },
}
